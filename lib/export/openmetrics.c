/* SPDX-License-Identifier: MIT */
/* OpenMetrics: the run's and its tasks' figures, for a textfile collector, a push gateway, GitLab's metrics
 * report. No times of their own, which such collectors refuse; every family a gauge, which readers of the
 * older format take, too. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_lex.h"
#include "base/json_write.h"
#include "base/own.h"
#include "export/formats.h"
#include "export/intern.h"
#include "export/tally.h"
#include "export/escape.h"

#define TASKS_MAX 1000 /* each is a time series of its reader's in every family */
#define COMMANDS_MAX 50
#define LABEL_MAX_BYTES 256

/* A label's value: backslashes and quotes are escaped, line breaks there are none. */
static void put_label(struct buf *out, const char *key, const char *value)
{
    auto_buf cut = BUF_EMPTY, line = BUF_EMPTY;
    text_put_cut(&cut, value, LABEL_MAX_BYTES);
    text_put_broken(&line, buf_text(&cut));
    buf_printf(out, "%s=\"", key);
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] == '"' || line.data[i] == '\\')
            buf_char(out, '\\');
        buf_char(out, line.data[i]);
    }
    buf_char(out, '"');
}

/* What is said once of a family, before its samples. */
static void put_family(struct buf *out, const char *name, const char *unit, const char *help)
{
    buf_printf(out, "# TYPE dtrack_%s gauge\n", name);
    if (unit)
        buf_printf(out, "# UNIT dtrack_%s %s\n", name, unit);
    buf_printf(out, "# HELP dtrack_%s %s\n", name, help);
}

/* The start of a sample: its name, and the run it is of. */
static void start_sample(const struct export *e, const char *name)
{
    buf_printf(e->out, "dtrack_%s{", name);
    put_label(e->out, "run", e->summary->name);
}

static void end_count(struct buf *out, int64_t count)
{
    buf_str(out, "} ");
    json_put_int(out, count);
    buf_char(out, '\n');
}

static void end_seconds(struct buf *out, int64_t ns)
{
    buf_str(out, "} ");
    tally_put_seconds(out, ns);
    buf_char(out, '\n');
}

static void put_count(const struct export *e, const char *name, const char *help, int64_t count)
{
    if (count == SPAN_NONE)
        return;
    put_family(e->out, name, NULL, help);
    start_sample(e, name);
    end_count(e->out, count);
}

/* Hundredths as they are. */
static void end_centi(struct buf *out, int64_t centi)
{
    centi = MAX(centi, 0);
    buf_printf(out, "} %lld.%02lld\n", (long long)centi / 100, (long long)centi % 100);
}

static void put_centi(const struct export *e, const char *name, const char *help, int64_t centi)
{
    put_family(e->out, name, NULL, help);
    start_sample(e, name);
    end_centi(e->out, centi);
}

static int64_t us_to_ns(int64_t us)
{
    return us > INT64_MAX / 1000 ? INT64_MAX : MAX(us, 0) * 1000;
}

static void put_run(const struct export *e)
{
    const struct summary *s = e->summary;
    const char *host = summary_fact(s->host, s->host_len, "hostname");
    put_family(e->out, "run_info", NULL, "Which run this is.");
    start_sample(e, "run_info");
    buf_char(e->out, ',');
    put_label(e->out, "run_id", s->run_id);
    buf_char(e->out, ',');
    put_label(e->out, "host", host ? host : "");
    end_count(e->out, 1);
    put_family(e->out, "run_duration_seconds", "seconds", "Time from the run's start to its end.");
    start_sample(e, "run_duration_seconds");
    end_seconds(e->out, s->dur_ns);
    put_family(e->out, "run_cpu_seconds", "seconds", "CPU time of all its processes.");
    start_sample(e, "run_cpu_seconds");
    buf_str(e->out, ",mode=\"user\"");
    end_seconds(e->out, us_to_ns(s->user_us));
    start_sample(e, "run_cpu_seconds");
    buf_str(e->out, ",mode=\"system\"");
    end_seconds(e->out, us_to_ns(s->sys_us));
    put_count(e, "run_exit_code", "Its exit status.", s->exit_code);
    put_count(e, "run_signal", "The signal that killed it.", s->signal);
    put_count(e, "run_processes", "Processes that it started.", s->processes);
    put_count(e, "run_failed_processes", "Those with a status other than 0, or killed by a signal.", s->failed);
    put_count(e, "run_tasks", "Tasks that were begun.", s->tasks);
    if (s->maxrss_kb >= 0 && s->maxrss_kb <= INT64_MAX / 1024)
        put_count(e, "run_largest_process_bytes", "Resident memory of its largest process.", s->maxrss_kb * 1024);
}

/* What the page says of the run beyond its summary. */
static void put_figures(const struct export *e)
{
    const struct digest *d = &((const struct tally *)e->state)->digest;
    put_count(e, "run_handled_failures", "Processes that failed, and whose failure went on to nobody.",
              d->failures.handled);
    put_centi(e, "run_parallelism", "Processes at work at a time, on average.", d->parallelism.mean_centi);
    put_centi(e, "run_parallelism_most", "The most of them at a time, over a sixtieth of the run.",
              d->parallelism.most_centi);
    put_centi(e, "run_cores_busy", "Cores busy on average, by CPU time.", d->parallelism.busy_centi);
    put_family(e->out, "run_idle_seconds", "seconds", "Time in which nobody was at work, or everybody waited.");
    start_sample(e, "run_idle_seconds");
    end_seconds(e->out, d->parallelism.idle_ns);
}

/* Cutting and breaking may make two names one, and a sample must not come twice: the first one stays. */
static int is_new(struct intern *names, const char *text, bool *fresh)
{
    uint32_t number, before = names->len;
    auto_buf label = BUF_EMPTY;
    put_label(&label, "x", text);
    int err = buf_error(&label);
    if (!err)
        err = intern_put(names, label.data, label.len, &number);
    *fresh = !err && names->len > before;
    return err;
}

/* The largest shares of the critical path; of the time in which there was no process the command is empty. */
static int put_path(const struct export *e)
{
    const struct digest *d = &((const struct tally *)e->state)->digest;
    struct intern names = INTERN_EMPTY;
    int err = 0;
    for (size_t i = 0; !err && i < MIN(d->shares_len, (size_t)COMMANDS_MAX); i++) {
        const struct digest_share *share = &d->shares[i];
        const char *name = share->longest == FIGURES_RUN ? "" : figures_names_text(&d->figures.keys, share->key);
        bool fresh;
        err = is_new(&names, name, &fresh);
        if (!fresh)
            continue;
        if (names.len == 1)
            put_family(e->out, "command_path_seconds", "seconds", "What of the critical path is the command's.");
        start_sample(e, "command_path_seconds");
        buf_char(e->out, ',');
        put_label(e->out, "command", name);
        end_seconds(e->out, share->path_ns);
    }
    intern_release(&names);
    return err;
}

/* One figure of the tasks of a name. */
struct task_family {
    const char *name, *unit, *help;
    int64_t (*of)(const struct tally *tally, const struct figures_task_group *t);
};

static int64_t total_of(const struct tally *tally, const struct figures_task_group *t)
{
    (void)tally;
    return t->total_ns;
}

static int64_t longest_of(const struct tally *tally, const struct figures_task_group *t)
{
    (void)tally;
    return t->longest_ns;
}

static int64_t path_of(const struct tally *tally, const struct figures_task_group *t)
{
    (void)tally;
    return t->path_ns;
}

static int64_t cpu_of(const struct tally *tally, const struct figures_task_group *t)
{
    (void)tally;
    return us_to_ns(t->cpu_us);
}

static int64_t count_of(const struct tally *tally, const struct figures_task_group *t)
{
    (void)tally;
    return t->count;
}

static int64_t failed_of(const struct tally *tally, const struct figures_task_group *t)
{
    return tally->failed_by_name[t->name];
}

static int64_t open_of(const struct tally *tally, const struct figures_task_group *t)
{
    (void)tally;
    return t->least;
}

static const struct task_family task_families[] = {
    {"task_duration_seconds", "seconds", "Time from start to end, all tasks of a name together.", total_of},
    {"task_longest_seconds", "seconds", "The same of the longest one.", longest_of},
    {"task_path_seconds", "seconds", "What of the critical path is theirs.", path_of},
    {"task_cpu_seconds", "seconds", "CPU time of the processes in them.", cpu_of},
    {"task_repeats", NULL, "How many tasks of that name there were.", count_of},
    {"task_failed", NULL, "How many failed: by their status, or by a failure in them that counts.", failed_of},
    {"task_open", NULL, "How many never ended, or go on.", open_of},
};

static int choose_tasks(const struct tally *tally, const struct figures_task_group **chosen, size_t *len)
{
    const struct digest *d = &tally->digest;
    struct intern names = INTERN_EMPTY;
    int err = 0;
    *len = 0;
    for (size_t i = 0; !err && i < d->tasks.len && *len < TASKS_MAX; i++) {
        bool fresh;
        err = is_new(&names, figures_names_text(&d->figures.task_names, d->tasks.list[i].name), &fresh);
        if (fresh)
            chosen[(*len)++] = &d->tasks.list[i];
    }
    intern_release(&names);
    return err;
}

static int put_tasks(const struct export *e)
{
    const struct tally *tally = e->state;
    size_t len = 0;
    auto_free const struct figures_task_group **tasks = calloc(TASKS_MAX, sizeof *tasks);
    int err = tasks ? choose_tasks(tally, tasks, &len) : -ENOMEM;
    for (size_t i = 0; !err && len && i < ARRAY_LEN(task_families); i++) {
        const struct task_family *family = &task_families[i];
        put_family(e->out, family->name, family->unit, family->help);
        for (size_t j = 0; j < len; j++) {
            start_sample(e, family->name);
            buf_char(e->out, ',');
            put_label(e->out, "task", figures_names_text(&tally->digest.figures.task_names, tasks[j]->name));
            if (family->unit)
                end_seconds(e->out, family->of(tally, tasks[j]));
            else
                end_count(e->out, family->of(tally, tasks[j]));
        }
    }
    return err;
}

/* Is the value of a mark a number, and nothing else? As JSON writes them, OpenMetrics does. */
static bool is_number(const char *json)
{
    struct json_lexer lx = {.at = json, .end = json + strlen(json)};
    struct json_slice slice;
    enum json_token first = json_lex(&lx, &slice), next = json_lex(&lx, &slice);
    return first == JSON_NUMBER && next == JSON_END;
}

/* Of marks that set a number the last one of each name. */
static int put_values(const struct export *e)
{
    const struct digest *d = &((const struct tally *)e->state)->digest;
    struct intern names = INTERN_EMPTY;
    int err = 0;
    for (size_t i = d->marks_len; !err && i-- > 0;) {
        const struct digest_mark *mark = &d->marks[i];
        const char *value = digest_text(d, mark->value);
        bool fresh;
        if (!mark->value || !is_number(value))
            continue;
        err = is_new(&names, digest_text(d, mark->name), &fresh);
        if (!fresh)
            continue;
        if (names.len == 1)
            put_family(e->out, "mark_value", NULL, "Numbers that the job has set.");
        start_sample(e, "mark_value");
        buf_char(e->out, ',');
        put_label(e->out, "name", digest_text(d, mark->name));
        buf_printf(e->out, "} %s\n", value);
    }
    intern_release(&names);
    return err;
}

static int end(struct export *e)
{
    int err = tally_finish(e->state);
    if (err)
        return err;
    put_run(e);
    put_figures(e);
    err = put_path(e);
    if (!err)
        err = put_tasks(e);
    if (!err)
        err = put_values(e);
    buf_str(e->out, "# EOF\n");
    return err;
}

const struct export_format format_openmetrics = {
    .name = "openmetrics",
    .help = "the figures of the run and its tasks, for Prometheus and GitLab",
    .suffix = ".prom",
    .state_bytes = sizeof(struct tally),
    .init = tally_init,
    .plan = tally_plan,
    .end = end,
    .release = tally_release,
};
