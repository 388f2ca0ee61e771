/* SPDX-License-Identifier: MIT */
/* OpenMetrics: the run's and its tasks' figures, for a textfile collector, a push gateway, GitLab's metrics
 * report. No times of their own, which such collectors refuse; every family a gauge, which readers of the
 * older format take, too. */
#include <errno.h>
#include <string.h>

#include "base/json_lex.h"
#include "base/json_write.h"
#include "base/own.h"
#include "export/formats.h"
#include "export/intern.h"
#include "export/tally.h"
#include "export/escape.h"

#define TASKS_MAX 1000 /* each is three time series of its reader's */
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
    put_count(e, "run_failed_processes", "Those with a status other than 0, or killed by a signal.",
              s->failed);
    put_count(e, "run_tasks", "Tasks that were begun.", s->tasks);
    if (s->maxrss_kb >= 0 && s->maxrss_kb <= INT64_MAX / 1024)
        put_count(e, "run_largest_process_bytes", "Resident memory of its largest process.",
                  s->maxrss_kb * 1024);
}

/* The label of a task's samples. */
static void start_task(const struct export *e, const char *name, uint32_t task)
{
    const struct tally *tally = e->state;
    start_sample(e, name);
    buf_char(e->out, ',');
    put_label(e->out, "task", tree_text(&tally->tree, tally->tasks[task].label));
}

/* Cutting and breaking may make two names one, and a sample must not come twice: the first one stays. */
static int choose_tasks(const struct tally *tally, uint32_t *chosen, uint32_t *len)
{
    struct intern names = INTERN_EMPTY;
    int err = 0;
    *len = 0;
    for (uint32_t i = 0; !err && i < tally->tasks_len && *len < TASKS_MAX; i++) {
        uint32_t number, before = names.len;
        auto_buf label = BUF_EMPTY;
        put_label(&label, "task", tree_text(&tally->tree, tally->tasks[i].label));
        err = buf_error(&label);
        if (!err)
            err = intern_put(&names, label.data, label.len, &number);
        if (names.len > before)
            chosen[(*len)++] = i;
    }
    intern_release(&names);
    return err;
}

static int put_tasks(const struct export *e)
{
    const struct tally *tally = e->state;
    uint32_t len;
    auto_free uint32_t *tasks = calloc(TASKS_MAX, sizeof *tasks);
    int err = tasks ? choose_tasks(tally, tasks, &len) : -ENOMEM;
    if (err || !len)
        return err;
    put_family(e->out, "task_duration_seconds", "seconds",
               "Time from start to end, all tasks of a name together.");
    for (uint32_t i = 0; i < len; i++) {
        start_task(e, "task_duration_seconds", tasks[i]);
        end_seconds(e->out, tally->tasks[tasks[i]].ns);
    }
    put_family(e->out, "task_longest_seconds", "seconds", "The same of the longest one.");
    for (uint32_t i = 0; i < len; i++) {
        start_task(e, "task_longest_seconds", tasks[i]);
        end_seconds(e->out, tally->tasks[tasks[i]].longest_ns);
    }
    put_family(e->out, "task_repeats", NULL, "How many tasks of that name there were.");
    for (uint32_t i = 0; i < len; i++) {
        start_task(e, "task_repeats", tasks[i]);
        end_count(e->out, tally->tasks[tasks[i]].count);
    }
    put_family(e->out, "task_failed", NULL, "How many of them failed.");
    for (uint32_t i = 0; i < len; i++) {
        start_task(e, "task_failed", tasks[i]);
        end_count(e->out, tally->tasks[tasks[i]].failed);
    }
    return 0;
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
    const struct tally *tally = e->state;
    const struct tree *tree = &tally->tree;
    struct intern names = INTERN_EMPTY;
    int err = 0;
    for (size_t i = tree->marks_len; !err && i-- > 0;) {
        const char *value = tree_text(tree, tree->marks[i].value);
        uint32_t number, before = names.len;
        auto_buf label = BUF_EMPTY;
        if (!is_number(value))
            continue;
        put_label(&label, "name", tree_text(tree, tree->marks[i].name));
        err = buf_error(&label);
        if (!err)
            err = intern_put(&names, label.data, label.len, &number);
        if (names.len == before)
            continue;
        if (!before)
            put_family(e->out, "mark_value", NULL, "Numbers that the job has set.");
        start_sample(e, "mark_value");
        buf_printf(e->out, ",%s} %s\n", label.data, value);
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
