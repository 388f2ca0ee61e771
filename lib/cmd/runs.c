/* SPDX-License-Identifier: MIT */
/* dtrack runs: the runs of a store, newest first. */
#include <errno.h>
#include <stdbool.h>

#include "base/json.h"
#include "base/json_write.h"
#include "cmd/cmd.h"
#include "cmd/find_run.h"
#include "cmd/preview.h"
#include "cmd/terminal.h"
#include "export/page.h"
#include "export/summary_json.h"
#include "export/words.h"

#define RUNS_DEFAULT "20"

#define WHEN_COL 31
#define DURATION_END 60
#define PROCESSES_END 71
#define STATUS_COL 73
#define NAME_COL 93

static const struct cmd_option options[] = {
    {"json", 0, NULL, "one summary a line, as JSON"},
    {"number", 'n', "N", "at most N runs, 0 for all (default " RUNS_DEFAULT ")"},
    {"store", 0, "URL", "the store to read, instead of the first of DTRACK_STORE"},
    {0},
};

/* One listing being printed. */
struct listing {
    const struct command *self;
    struct store *store;
    struct page page; /* writes to `out` */
    struct buf out;
    bool json;
    size_t unreadable;
};

static void put_head(struct page *p)
{
    page_set(p, PAGE_DIM);
    page_text(p, "run");
    page_to(p, WHEN_COL);
    page_text(p, "started (UTC)");
    page_right(p, "wall", DURATION_END);
    page_right(p, "processes", PROCESSES_END);
    page_to(p, STATUS_COL);
    page_text(p, "status");
    page_to(p, NAME_COL);
    page_text(p, "name");
    page_set(p, PAGE_PLAIN);
    page_end(p);
}

/* The id comes first and whole, to be copied into `dtrack show`; the name comes last, and is cut to the terminal. A run that has
 * ended and is not in the store says so. */
static void put_run(struct page *p, const struct summary *s, bool waits)
{
    const struct words_end end = {s->end_by, s->exit_code, s->signal};
    auto_buf text = BUF_EMPTY;
    page_text(p, s->run_id);
    page_to(p, WHEN_COL);
    words_time(&text, s->start_ns);
    page_text(p, buf_text(&text));
    buf_clear(&text);
    words_duration(&text, s->dur_ns);
    page_right(p, buf_text(&text), DURATION_END);
    buf_clear(&text);
    words_count(&text, s->processes);
    page_right(p, buf_text(&text), PROCESSES_END);
    page_to(p, STATUS_COL);
    buf_clear(&text);
    words_status(&text, &end);
    if (waits && s->end_by != SPAN_END_RUNNING)
        buf_str(&text, ", waits");
    page_styled(p, words_failed(&end) ? PAGE_RED : PAGE_PLAIN, buf_text(&text));
    page_to(p, NAME_COL);
    page_fit(p, s->name, MAX(p->width - p->col, 12));
    page_end(p);
}

/* Into l->out; printed by the caller. An error is that the summary makes no sense, and costs the listing nothing. */
static int print_row(struct listing *l, const struct buf *text)
{
    struct summary s;
    int err = summary_json_parse(buf_text(text), text->len, &s);
    if (err)
        return err;
    put_run(&l->page, &s, preview_gave_waiting(l->store));
    summary_release(&s);
    return 0;
}

/* The stored object as one line, whatever spaces it came with; one of a run that is not stored yet has a key more. */
static int print_json(struct listing *l, const struct buf *text)
{
    auto_json root = NULL;
    auto_buf json = BUF_EMPTY;
    int err = json_parse(buf_text(text), text->len, &root);
    if (!err && preview_gave_waiting(l->store))
        err = json_set(root, "waiting", "true");
    if (!err)
        err = json_print(root, &json);
    if (err)
        return err;
    json_put_visible(&l->out, buf_text(&json), json.len);
    buf_char(&l->out, '\n');
    return buf_error(&l->out);
}

/* Print one run. A store that can't be reached ends the listing; a summary that can't be read, or may not, doesn't. */
static int list_run(struct listing *l, const char *id)
{
    auto_buf text = BUF_EMPTY, why = BUF_EMPTY;
    enum store_result result = find_summary(l->store, id, &text, &why);
    if (result == STORE_MISSING)
        return CMD_OK; /* removed since it was listed */
    if (result == STORE_RETRY)
        return cmd_fail(l->self, "%s", buf_text(&why));
    buf_clear(&l->out);
    int err = result ? -EACCES : l->json ? print_json(l, &text) : print_row(l, &text);
    if (!err)
        return cmd_write(l->self, l->out.data, l->out.len);
    l->unreadable++;
    return CMD_OK;
}

/* Ids sort by time, oldest first, and a store lists them so: the newest ones are the end of the list. */
static int list_runs(struct listing *l, size_t number)
{
    auto_buf ids = BUF_EMPTY;
    int status = find_all_runs(l->self, l->store, number, &ids);
    size_t len = ids.len / RUN_ID_BYTES, last = number && len > number ? len - number : 0;
    if (status == CMD_OK && len && !l->json) {
        put_head(&l->page);
        status = cmd_write(l->self, l->out.data, l->out.len);
    }
    for (size_t i = len; status == CMD_OK && i > last; i--)
        status = list_run(l, ids.data + (i - 1) * RUN_ID_BYTES);
    if (status == CMD_OK && l->unreadable)
        return cmd_fail(l->self, "%zu of %zu summaries in %s cannot be read", l->unreadable, len - last,
                        store_label(l->store));
    return status;
}

static int run(const struct command *self, int argc, char **argv)
{
    struct cmd_args args;
    int status;
    long number;
    if (!cmd_parse(self, argc, argv, false, &args, &status))
        return status;
    if (args.rest_len)
        return cmd_usage(self, "takes no arguments, got '%s'", args.rest[0]);
    const char *wanted = cmd_value(self, &args, "number");
    if (!settings_read_count(wanted ? wanted : RUNS_DEFAULT, &number))
        return cmd_usage(self, "'%s' is no number of runs", wanted);
    struct listing l = {.self = self, .json = cmd_value(self, &args, "json") != NULL};
    l.store = preview_open(self, cmd_value(self, &args, "store"), PREVIEW_MEANT);
    if (!l.store)
        return CMD_FAILED;
    l.page = terminal_page(&l.out, TERMINAL_AUTO);
    status = list_runs(&l, (size_t)number);
    buf_release(&l.out);
    store_close(l.store);
    return status;
}

const struct command cmd_runs = {
    .name = "runs",
    .synopsis = "[--json] [-n N] [--store URL]",
    .help = "list runs, newest first",
    .options = options,
    .run = run,
};
