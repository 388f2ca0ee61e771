/* SPDX-License-Identifier: MIT */
/* JUnit's XML, for the test views of CI systems: each task is a case, and so is the run for what is outside
 * of them. What some systems insist on is there for all: unique names (GitLab drops others), a class that
 * says which run (Jenkins), a start and times that add up (Azure). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/own.h"
#include "export/formats.h"
#include "export/intern.h"
#include "export/tally.h"
#include "export/escape.h"

#define NAME_MAX_BYTES 480 /* Azure takes 512 characters, and a number may follow */
#define SHOWN_MAX 20       /* processes in a failure's text */
#define CASES_MAX 50000    /* GitLab takes 250,000 nodes a file */

/* One export being written. */
struct junit {
    struct tally tally;
    struct intern names;
    uint32_t *repeats; /* by a name's number: how many others were made of it */
    uint32_t *first;   /* by task: its first process that failed; TREE_ROOT: those outside of tasks */
    uint32_t *next;    /* by process: the next one of the same task that failed */
};

/* A name that no case has had: the text, else with a number behind it. */
static int put_unique(struct junit *j, const char *text, struct buf *out)
{
    uint32_t base, other;
    auto_buf name = BUF_EMPTY;
    text_put_cut(&name, *text ? text : "-", NAME_MAX_BYTES);
    size_t len = name.len;
    uint32_t before = j->names.len;
    int err = buf_error(&name);
    if (!err)
        err = intern_put(&j->names, name.data, name.len, &base);
    while (!err && j->names.len == before) {
        name.len = len;
        buf_printf(&name, " #%u", ++j->repeats[base] + 1);
        err = buf_error(&name);
        if (!err)
            err = intern_put(&j->names, name.data, name.len, &other);
    }
    if (!err)
        text_put_xml(out, name.data);
    return err;
}

static void put_attribute(struct buf *out, const char *key, const char *value)
{
    buf_printf(out, " %s=\"", key);
    text_put_xml(out, value);
    buf_char(out, '"');
}

/* "exit 2: make all" */
static void put_failed(struct buf *out, const struct tree *tree, uint32_t at)
{
    auto_buf line = BUF_EMPTY;
    words_status(&line, &tree->nodes[at].end);
    buf_str(&line, ": ");
    text_put_cut(&line, tree_text(tree, tree->nodes[at].label), NAME_MAX_BYTES);
    text_put_xml(out, buf_text(&line));
}

/* The message is the first failure, as views show no more; the text has them all, or the first of many. */
static void put_failure(const struct junit *j, struct buf *out, const struct words_end *end, uint32_t task)
{
    const struct tree *tree = &j->tally.tree;
    bool failed = words_failed(end);
    buf_printf(out, "\n      <failure type=\"%s\" message=\"",
               end->signal != SPAN_NONE ? "signal"
               : failed                 ? "exit"
                                        : "task");
    if (j->first[task])
        put_failed(out, tree, j->first[task]);
    else if (failed)
        words_status(out, end);
    else
        buf_str(out,
                end->end_by == SPAN_END_RUN ? "never ended, and the run failed" : "a task within it failed");
    buf_str(out, "\">");
    uint32_t at = j->first[task];
    for (int i = 0; at && i < SHOWN_MAX; i++, at = j->next[at]) {
        put_failed(out, tree, at);
        buf_char(out, '\n');
    }
    buf_str(out, at ? "and more</failure>\n    </testcase>\n" : "</failure>\n    </testcase>\n");
}

/* The same in each run of a name, so that views can follow a case over time. They take what is before the
 * last dot for a package. */
static void put_class(struct buf *out, const char *run)
{
    auto_buf name = BUF_EMPTY;
    text_put_cut(&name, run, NAME_MAX_BYTES);
    for (size_t i = 0; i < name.len; i++)
        if (name.data[i] == '.')
            name.data[i] = '_';
    buf_str(out, " classname=\"dtrack.");
    text_put_xml(out, buf_text(&name));
    buf_char(out, '"');
}

static int put_case(struct export *e, const char *name, int64_t ns)
{
    struct junit *j = e->state;
    buf_str(e->out, "    <testcase name=\"");
    int err = put_unique(j, name, e->out);
    buf_char(e->out, '"');
    put_class(e->out, e->summary->name);
    buf_str(e->out, " time=\"");
    tally_put_seconds(e->out, ns);
    buf_str(e->out, "\">");
    return err;
}

static int put_task(struct export *e, uint32_t at)
{
    struct junit *j = e->state;
    const struct tree_node *task = &j->tally.tree.nodes[at];
    int err = put_case(e, tree_text(&j->tally.tree, task->label), task->dur_ns);
    if (tally_task_failed(&j->tally, task))
        put_failure(j, e->out, &task->end, at);
    else
        buf_str(e->out, "</testcase>\n");
    return err ? err : export_spill(e);
}

/* Lists of processes that failed, by the innermost task that they belong to. */
static int find_failed(struct junit *j)
{
    const struct tree *tree = &j->tally.tree;
    j->repeats = calloc((size_t)tree->len + 1, sizeof *j->repeats);
    j->first = calloc(tree->len, sizeof *j->first);
    j->next = calloc(tree->len, sizeof *j->next);
    if (!j->repeats || !j->first || !j->next)
        return -ENOMEM;
    for (uint32_t i = tree->len; i-- > 1;) {
        if (!tally_process_failed(&tree->nodes[i]))
            continue;
        j->next[i] = j->first[tree->nodes[i].group];
        j->first[tree->nodes[i].group] = i;
    }
    return 0;
}

/* By start, which is the order of the rows: what of the run no task covers. */
static int64_t outside_ns(const struct export *e)
{
    const struct junit *j = e->state;
    const struct tree *tree = &j->tally.tree;
    int64_t until = MAX(e->summary->start_ns, 0), left = MAX(e->summary->dur_ns, 0), run_end;
    if (__builtin_add_overflow(until, left, &run_end))
        run_end = INT64_MAX;
    for (uint32_t i = 1; i < tree->len; i++) {
        const struct tree_node *task = &tree->nodes[i];
        int64_t from = MAX(task->start_ns, until), end = MIN(tree_end(task), run_end);
        if (!task->is_task || end <= from)
            continue;
        left -= end - from;
        until = end;
    }
    return MAX(left, 0);
}

static void put_suite(struct export *e, uint32_t tests, uint32_t failures)
{
    const struct summary *s = e->summary;
    auto_buf name = BUF_EMPTY;
    char when[32];
    time_t seconds = (time_t)(MAX(s->start_ns, 0) / 1000000000);
    struct tm tm = {0};
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &tm));
    text_put_cut(&name, s->name, NAME_MAX_BYTES);
    const char *host = summary_fact(s->host, s->host_len, "hostname");
    buf_str(
        e->out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite id=\"0\" package=\"dtrack\"");
    put_attribute(e->out, "name", name.len ? buf_text(&name) : "-");
    put_attribute(e->out, "timestamp", when);
    put_attribute(e->out, "hostname", host && *host ? host : "localhost");
    buf_printf(e->out, " tests=\"%u\" failures=\"%u\" errors=\"0\" time=\"", tests, failures);
    tally_put_seconds(e->out, s->dur_ns);
    buf_str(e->out, "\">\n    <properties>\n      <property name=\"run_id\"");
    put_attribute(e->out, "value", s->run_id);
    buf_str(e->out, "/>\n    </properties>\n");
}

/* How many cases there are, and how many of them failed. */
static uint32_t count_cases(const struct junit *j, uint32_t *failures)
{
    const struct tree *tree = &j->tally.tree;
    uint32_t cases = 1;
    *failures = j->tally.run_failed;
    for (uint32_t i = 1; i < tree->len && cases < CASES_MAX; i++) {
        if (!tree->nodes[i].is_task)
            continue;
        cases++;
        *failures += tally_task_failed(&j->tally, &tree->nodes[i]);
    }
    return cases;
}

static int put_run(struct export *e)
{
    struct junit *j = e->state;
    const struct summary *s = e->summary;
    int err = put_case(e, s->name, outside_ns(e));
    if (j->tally.run_failed)
        put_failure(j, e->out, &(struct words_end){s->end_by, s->exit_code, s->signal}, TREE_ROOT);
    else
        buf_str(e->out, "</testcase>\n");
    return err;
}

static int end(struct export *e)
{
    struct junit *j = e->state;
    uint32_t failures, left;
    int err = tally_finish(&j->tally);
    if (!err)
        err = find_failed(j);
    if (err)
        return err;
    left = count_cases(j, &failures);
    put_suite(e, left, failures);
    err = put_run(e);
    left--;
    for (uint32_t i = 1; !err && left && i < j->tally.tree.len; i++) {
        if (!j->tally.tree.nodes[i].is_task)
            continue;
        left--;
        err = put_task(e, i);
    }
    buf_str(e->out,
            "    <system-out></system-out>\n    <system-err></system-err>\n  </testsuite>\n</testsuites>\n");
    return err;
}

static void release(struct export *e)
{
    struct junit *j = e->state;
    tally_release(e);
    intern_release(&j->names);
    free(j->repeats);
    free(j->first);
    free(j->next);
}

const struct export_format format_junit = {
    .name = "junit",
    .help = "each task as a test case, for the test views of CI systems",
    .suffix = ".junit.xml",
    .state_bytes = sizeof(struct junit),
    .init = tally_init,
    .plan = tally_plan,
    .end = end,
    .release = release,
};
