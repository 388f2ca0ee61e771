/* SPDX-License-Identifier: MIT */
/* dtrack top: a run while it goes on. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/earlier.h"
#include "cmd/screen.h"
#include "cmd/terminal.h"
#include "export/names.h"
#include "export/top_page.h"
#include "run/pending_runs.h"
#include "run/watch_run.h"
#include "sys/clock.h"

#define INTERVAL_DEFAULT "1"
#define INTERVAL_MAX 3600
#define COST_SHARE 20 /* looks take at most that part of a core */
#define MS_NS INT64_C(1000000)

static const struct cmd_option options[] = {
    {"once", '1', NULL, "print what is to be seen now, and end"},
    {"json", 0, NULL, "the same as an object of JSON"},
    {"interval", 'i', "SECONDS", "look again after so long (default " INTERVAL_DEFAULT ")"},
    {"store", 0, "URL", "where earlier runs are, instead of the first of DTRACK_STORE"},
    {0},
};

/* Which of the runs that go on is meant. */
struct choice {
    const char *wanted; /* the start of its id; "" = any */
    char path[SPOOL_PATH_MAX];
    char run_id[RUN_ID_BYTES]; /* the latest of those that fit */
    int fit, all;
};

/* A run that is watched. */
struct watching {
    struct screen screen;
    const struct command *self;
    struct watch_run run;
    struct live live;
    struct history history;
    const char *no_past;
    int others;
    int64_t interval_ns;
    int64_t looked_ns, next_ns; /* CLOCK_MONOTONIC: when the run was looked at, and will be again */
    enum watch_state state;
    int err; /* of the latest look: what is shown is older */
};

static void see_run(void *ctx, const char *path)
{
    struct choice *c = ctx;
    struct watch_run run;
    bool goes_on = !watch_run_open(&run, path, cmd_getenv) && watch_run_state(&run) == WATCH_GOES_ON;
    c->all += goes_on;
    if (goes_on && !strncmp(run.run_id, c->wanted, strlen(c->wanted))) {
        c->fit++;
        if (strcmp(run.run_id, c->run_id) > 0) {
            memcpy(c->run_id, run.run_id, sizeof c->run_id);
            snprintf(c->path, sizeof c->path, "%s", path);
        }
    }
    watch_run_close(&run);
}

/* CMD_OK, or the reason has been printed. */
static int choose(const struct command *self, const char *wanted, struct choice *c)
{
    bool is_any = !wanted || !strcmp(wanted, "latest");
    *c = (struct choice){.wanted = is_any ? "" : wanted};
    if (is_any || (*wanted && names_is_id_start(wanted)))
        pending_runs_each(cmd_getenv, see_run, c);
    if (!c->fit && is_any)
        return cmd_fail(self, "no run goes on here; dtrack show prints one that has ended");
    if (!c->fit)
        return cmd_fail(self, "no run that goes on here matches '%s'; dtrack show prints one that has ended", wanted);
    if (c->fit > 1 && !is_any)
        return cmd_fail(self, "'%s' matches %d runs that go on", wanted, c->fit);
    return CMD_OK;
}

static bool is_waited_for(void *screen)
{
    return screen_has_event(screen);
}

/* What was seen last stays when the record can't be read just now. */
static int look(struct watching *w)
{
    struct live now = LIVE_EMPTY;
    w->looked_ns = clock_now_ns();
    w->state = watch_run_state(&w->run);
    w->err = watch_run_look(&w->run, w->state != WATCH_ENDED, &now);
    if (w->err == -ECANCELED && w->state != WATCH_GOES_ON) {
        w->run.stop = NULL; /* the last look is worth waiting for */
        w->err = watch_run_look(&w->run, w->state != WATCH_ENDED, &now);
    }
    w->next_ns = clock_now_ns() + MAX(w->interval_ns, w->run.cost_ns * COST_SHARE);
    if (!w->err) {
        live_release(&w->live);
        w->live = now;
    } else {
        live_release(&now);
    }
    return w->err;
}

/* What a look means by itself goes before the keys. */
static void put_note(struct buf *out, const struct watching *w)
{
    if (w->err && w->err != -ECANCELED)
        buf_printf(out, "the record can't be read: %s; ", w->err == -EPROTO ? "it is damaged" : strerror(-w->err));
    if (w->state == WATCH_LOST)
        buf_str(out, "the folder of the run is gone: this is the last that was seen");
    else if (w->state == WATCH_ENDED)
        buf_str(out, "the run has ended");
    else if (w->next_ns - w->looked_ns >= w->interval_ns * 2)
        buf_printf(out, "q quits; each %lld s, as the run is large",
                   (long long)((w->next_ns - w->looked_ns) / CLOCK_SECOND_NS));
    else
        buf_str(out, "q quits");
}

static struct top_options options_of(const struct watching *w, const struct page *page)
{
    return (struct top_options){
        .width = page->width, .utf8 = page->utf8, .colour = page->colour, .others = w->others, .no_past = w->no_past};
}

/* Draw it on the screen. */
static void draw(const struct watching *w)
{
    auto_buf text = BUF_EMPTY, note = BUF_EMPTY;
    const struct page page = terminal_page(NULL, TERMINAL_AUTO);
    const struct estimate e = history_estimate(&w->history, &w->live);
    struct top_options shown = options_of(w, &page);
    shown.height = 24;
    screen_size(&shown.width, &shown.height);
    put_note(&note, w);
    shown.note = buf_text(&note);
    top_page(&text, &w->live, &e, &shown);
    screen_put(&w->screen, &text);
}

/* Print it where it stays. */
static int print(const struct watching *w, bool as_json, const char *note)
{
    auto_buf text = BUF_EMPTY;
    const struct page page = terminal_page(NULL, TERMINAL_AUTO);
    const struct estimate e = history_estimate(&w->history, &w->live);
    struct top_options shown = options_of(w, &page);
    shown.note = note;
    if (as_json)
        top_json(&text, &w->live, &e, &shown);
    else
        top_page(&text, &w->live, &e, &shown);
    if (buf_error(&text))
        return cmd_fail(w->self, "cannot show run '%s': %s", w->live.run_id, strerror(-buf_error(&text)));
    return cmd_write(w->self, text.data, text.len);
}

/* Until the run has ended, or somebody has had enough: SCREEN_TIME is the former. */
static enum screen_event watch_until(struct watching *w)
{
    while (w->state == WATCH_GOES_ON) {
        draw(w);
        enum screen_event event = screen_wait(&w->screen, MAX((w->next_ns - clock_now_ns()) / MS_NS, 1));
        if (event == SCREEN_QUIT || event == SCREEN_SIGNAL)
            return event;
        if (event == SCREEN_TIME && clock_now_ns() >= w->next_ns && look(w) && w->err == -ENOMEM)
            return SCREEN_QUIT;
    }
    return SCREEN_TIME;
}

/* The last frame stays on the terminal. What the run's own status is, it says; that is none of ours. */
static int watch(struct watching *w)
{
    auto_buf note = BUF_EMPTY;
    int err = screen_open(&w->screen);
    if (err)
        return cmd_fail(w->self, "cannot take the terminal: %s", strerror(-err));
    w->run.stop = is_waited_for;
    w->run.stop_ctx = &w->screen;
    enum screen_event event = watch_until(w);
    w->run.stop = NULL;
    if (event == SCREEN_SIGNAL)
        return screen_die(&w->screen);
    screen_close(&w->screen);
    if (w->err == -ENOMEM)
        return cmd_fail(w->self, "not enough memory");
    if (event == SCREEN_QUIT)
        return CMD_OK;
    put_note(&note, w);
    int status = print(w, false, buf_text(&note));
    return w->state == WATCH_LOST ? CMD_FAILED : status;
}

/* Look once, for the name; then at the past. CMD_OK, or the reason has been printed. */
static int begin(struct watching *w, const char *url)
{
    int err = look(w);
    if (err)
        return cmd_fail(w->self, "cannot read run '%s': %s", w->run.run_id,
                        err == -EPROTO ? "its record is damaged" : strerror(-err));
    const char *why = earlier_runs(w->self, url, w->live.name, &w->history);
    w->no_past = w->history.len ? NULL : why;
    return CMD_OK;
}

static int top(struct watching *w, const struct cmd_args *args, const char *path)
{
    bool as_json = cmd_value(w->self, args, "json") != NULL;
    bool is_once = as_json || cmd_value(w->self, args, "once") || !screen_is_there();
    int err = watch_run_open(&w->run, path, cmd_getenv);
    if (err)
        return cmd_fail(w->self, "cannot open the run in '%s': %s", path, strerror(-err));
    int status = begin(w, cmd_value(w->self, args, "store"));
    if (status != CMD_OK)
        return status;
    return is_once ? print(w, as_json, NULL) : watch(w);
}

static int run(const struct command *self, int argc, char **argv)
{
    struct cmd_args args;
    struct choice choice;
    int status;
    long seconds = 0;
    if (!cmd_parse(self, argc, argv, false, &args, &status))
        return status;
    if (args.rest_len > 1)
        return cmd_usage(self, "watches one run, not '%s' as well", args.rest[1]);
    const char *interval = cmd_value(self, &args, "interval");
    if (!settings_read_count(interval ? interval : INTERVAL_DEFAULT, &seconds) || !seconds || seconds > INTERVAL_MAX)
        return cmd_usage(self, "'%s' is no number of seconds from 1 to %d", interval, INTERVAL_MAX);
    if (choose(self, args.rest_len ? args.rest[0] : NULL, &choice) != CMD_OK)
        return CMD_FAILED;
    struct watching w = {
        .self = self, .live = LIVE_EMPTY, .others = choice.all - 1, .interval_ns = seconds * CLOCK_SECOND_NS};
    status = top(&w, &args, choice.path);
    watch_run_close(&w.run);
    live_release(&w.live);
    history_release(&w.history);
    return status;
}

const struct command cmd_top = {
    .name = "top",
    .synopsis = "[RUN] [--once] [--json] [--interval SECONDS] [--store URL]",
    .help = "watch a run that goes on: what runs now, open tasks, how long it may still take",
    .options = options,
    .run = run,
    .more = "RUN is the id of a run that goes on on this machine, the start of one, or latest (the default).\n"
            "The estimate is made of earlier runs of the same name that went well. q quits, and so does the\n"
            "end of the run, whose last frame stays. Where stdout is no terminal, one frame is printed.\n"
            "Of a large run each look costs more: then they come less often, and take 5 % of a core at most.",
};
