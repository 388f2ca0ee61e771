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
    uint32_t *first;   /* by row of a task: 1 + the first entry of digest.failures that is in it; 0 = none */
    uint32_t *next;    /* by entry: 1 + the next one of the same task */
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
static void put_entry(struct buf *out, const struct digest *d, const struct figures_failure *failure)
{
    const struct words_end end = digest_end(d, failure->row);
    auto_buf line = BUF_EMPTY;
    words_status(&line, &end);
    buf_str(&line, ": ");
    text_put_cut(&line, digest_label(d, failure->row), NAME_MAX_BYTES);
    text_put_xml(out, buf_text(&line));
}

/* Of the run the next entry of its chain, which is at the list's front; of a task the next one in it. Numbers
 * are one more than an entry's place; 0 = no more. */
static uint32_t next_entry(const struct junit *j, uint32_t row, uint32_t at)
{
    const struct figures_failures *failures = &j->tally.digest.failures;
    if (row != FIGURES_RUN)
        return at ? j->next[at - 1] : j->first[row];
    if (!at)
        at = failures->len && failures->list[0].row == FIGURES_RUN ? 1 : 0;
    return at && at < failures->len && failures->list[at].depth ? at + 1 : 0;
}

/* Where it began; 0 when that is not told. */
static uint32_t cause_of(const struct junit *j, uint32_t row)
{
    uint32_t first = next_entry(j, row, 0), at = first;
    while (at && !j->tally.digest.failures.list[at - 1].began)
        at = next_entry(j, row, at);
    return at ? at : first;
}

/* The message is where it began, as views show no more; the text has the whole chain, or the start of it. */
static void put_failure(const struct junit *j, struct buf *out, const struct words_end *end, uint32_t row)
{
    const struct digest *d = &j->tally.digest;
    bool failed = words_failed(end);
    uint32_t cause = cause_of(j, row), at = next_entry(j, row, 0);
    buf_printf(out, "\n      <failure type=\"%s\" message=\"",
               end->signal != SPAN_NONE ? "signal"
               : failed                 ? "exit"
                                        : "task");
    if (cause)
        put_entry(out, d, &d->failures.list[cause - 1]);
    else if (failed)
        words_status(out, end);
    else
        buf_str(out, row != FIGURES_RUN && d->figures.rows[row].flags & (FIGURES_RUNS | FIGURES_LEAST)
                         ? "never ended, and the run failed"
                         : "a task within it failed");
    buf_str(out, "\">");
    for (int i = 0; at && i < SHOWN_MAX; i++, at = next_entry(j, row, at)) {
        put_entry(out, d, &d->failures.list[at - 1]);
        buf_str(out, d->failures.list[at - 1].began ? ", here it began\n" : "\n");
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

static int put_task(struct export *e, uint32_t row)
{
    struct junit *j = e->state;
    const struct digest *d = &j->tally.digest;
    const struct figures_row *task = &d->figures.rows[row];
    int err = put_case(e, figures_key(&d->figures, row), figures_dur_ns(task));
    const struct words_end end = digest_end(d, row);
    if (j->tally.failed[row])
        put_failure(j, e->out, &end, row);
    else
        buf_str(e->out, "</testcase>\n");
    return err ? err : export_spill(e);
}

/* Lists of entries by the innermost task that they belong to. */
static int find_failed(struct junit *j)
{
    const struct digest *d = &j->tally.digest;
    j->repeats = calloc(d->figures.len + (size_t)1, sizeof *j->repeats);
    j->first = calloc(d->figures.len, sizeof *j->first);
    j->next = calloc(d->failures.len + 1, sizeof *j->next);
    if (!j->repeats || !j->first || !j->next)
        return -ENOMEM;
    for (size_t i = d->failures.len; i-- > 0;) {
        uint32_t row = d->failures.list[i].row;
        if (row == FIGURES_RUN || tally_is_task(&j->tally, row))
            continue;
        uint32_t task = d->figures.rows[row].task;
        j->next[i] = j->first[task];
        j->first[task] = (uint32_t)i + 1;
    }
    return 0;
}

struct stretch {
    int64_t from_ns, to_ns;
};

static int by_from(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;
    return (x->from_ns > y->from_ns) - (x->from_ns < y->from_ns);
}

/* What of the run no task covers. */
static int outside_ns(const struct export *e, int64_t *left_ns)
{
    const struct junit *j = e->state;
    const struct figures *f = &j->tally.digest.figures;
    auto_free struct stretch *tasks = calloc(f->tasks + (size_t)1, sizeof *tasks);
    size_t len = 0;
    int64_t until = 0;
    if (!tasks)
        return -ENOMEM;
    for (uint32_t i = 1; i < f->len && len < f->tasks; i++)
        if (tally_is_task(&j->tally, i))
            tasks[len++] = (struct stretch){f->rows[i].start_ns, f->rows[i].end_ns};
    qsort(tasks, len, sizeof *tasks, by_from);
    *left_ns = f->dur_ns;
    for (size_t i = 0; i < len; i++) {
        int64_t from = MAX(tasks[i].from_ns, until);
        *left_ns -= MAX(tasks[i].to_ns - from, 0);
        until = MAX(tasks[i].to_ns, until);
    }
    *left_ns = MAX(*left_ns, 0);
    return 0;
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
    buf_str(e->out,
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
    uint32_t cases = 1;
    *failures = j->tally.run_failed;
    for (uint32_t i = 1; i < j->tally.digest.figures.len && cases < CASES_MAX; i++) {
        if (!tally_is_task(&j->tally, i))
            continue;
        cases++;
        *failures += j->tally.failed[i];
    }
    return cases;
}

static int put_run(struct export *e)
{
    struct junit *j = e->state;
    const struct summary *s = e->summary;
    const struct words_end end = {s->end_by, s->exit_code, s->signal};
    int64_t own_ns;
    int err = outside_ns(e, &own_ns);
    if (!err)
        err = put_case(e, s->name, own_ns);
    if (err)
        return err;
    if (j->tally.run_failed)
        put_failure(j, e->out, &end, FIGURES_RUN);
    else
        buf_str(e->out, "</testcase>\n");
    return 0;
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
    for (uint32_t i = 1; !err && left && i < j->tally.digest.figures.len; i++) {
        if (!tally_is_task(&j->tally, i))
            continue;
        left--;
        err = put_task(e, i);
    }
    buf_str(e->out, "    <system-out></system-out>\n    <system-err></system-err>\n  </testsuite>\n</testsuites>\n");
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
