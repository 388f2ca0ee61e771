/* SPDX-License-Identifier: MIT */
/* A run on a page of Markdown, for the job summaries of CI systems and comments: the page of `dtrack show`,
 * in its order and its words. Short by its making; and never beyond what those systems take, as they drop the
 * whole of what is longer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "export/escape.h"
#include "export/formats.h"
#include "export/show_parts.h"
#include "export/tally.h"

#define PAGE_MAX_BYTES (900 * 1024)
#define CELL_MAX_BYTES 300
#define TASKS_SHOWN 50
#define DERIVED_SHOWN 10
#define FAILURES_SHOWN 20
#define SHARES_SHOWN 10
#define COMMANDS_SHOWN 10
#define GAPS_SHOWN 3
#define GAP_LEAST 100 /* a gap below this share of the run is none worth a line */
#define MARKS_SHOWN 20
#define COVERAGE_LINES 12
#define COVERAGE_COLUMNS 280
#define INDENT_MAX 12

/* Of each byte of a cell a reference may have been made, of six bytes; the rest of a row is short. */
#define ROW_MAX_BYTES(cells) ((cells) * (CELL_MAX_BYTES + 3) * 6 + 400)
#define ROWS_MAX                                                                                                   \
    (1 + TASKS_SHOWN + DERIVED_SHOWN + FAILURES_SHOWN + SHARES_SHOWN + COMMANDS_SHOWN + GAPS_SHOWN + MARKS_SHOWN + \
     COVERAGE_LINES)
_Static_assert(ROW_MAX_BYTES(3) * ROWS_MAX < PAGE_MAX_BYTES, "GitHub takes 1 MiB");

/* A cell, or part of a line, that holds recorded text. Code is not searched for mentions and links. */
static void put_code(struct buf *out, const char *text)
{
    auto_buf cut = BUF_EMPTY;
    text_put_cut(&cut, text, CELL_MAX_BYTES);
    buf_str(out, "<code>");
    text_put_markdown(out, buf_text(&cut));
    buf_str(out, "</code>");
}

/* Also "<1 ms", whose first sign is one of HTML's. */
static void put_duration(struct buf *out, int64_t ns)
{
    auto_buf text = BUF_EMPTY;
    words_duration(&text, ns);
    text_put_markdown(out, buf_text(&text));
}

static void put_us(struct buf *out, int64_t us)
{
    put_duration(out, us > INT64_MAX / 1000 ? SPAN_NONE : us * 1000);
}

static void put_percent(struct buf *out, int64_t part, int64_t whole)
{
    double percent = whole > 0 ? 100.0 * (double)part / (double)whole : 0;
    if (percent > 0 && percent < 1)
        buf_str(out, "&lt;1 %");
    else
        buf_printf(out, "%.0f %%", percent);
}

static void next_cell(struct buf *out)
{
    buf_str(out, " | ");
}

static const struct digest *digest_of(const struct export *e)
{
    return &((const struct tally *)e->state)->digest;
}

static void put_head(const struct export *e)
{
    const struct summary *s = e->summary;
    struct buf *out = e->out;
    const struct words_end end = {s->end_by, s->exit_code, s->signal};
    buf_str(out, "### ");
    put_code(out, s->name);
    buf_str(out, words_failed(&end) ? ": failed, " : ": ");
    words_status(out, &end);
    buf_str(out, " after ");
    put_duration(out, s->dur_ns);
    buf_str(out, "\n\n");
    words_counted(out, s->processes, "process|processes");
    buf_str(out, ", ");
    words_counted(out, s->tasks, "task");
    buf_str(out, ", CPU ");
    int64_t us = MAX(s->user_us, 0);
    if (__builtin_add_overflow(us, MAX(s->sys_us, 0), &us))
        us = INT64_MAX;
    put_us(out, us);
    buf_str(out, "; started ");
    words_time(out, s->start_ns);
    buf_str(out, " UTC; run ");
    put_code(out, s->run_id);
    buf_char(out, '\n');
}

/* A line for what a table leaves out. */
static void put_left_out(struct buf *out, int64_t count, const char *cells)
{
    if (count <= 0)
        return;
    buf_str(out, "| and ");
    words_count(out, count);
    buf_printf(out, " more |%s\n", cells);
}

/* Deeper below what it explains. The run itself, which the head has, is no level. */
static void put_failure(struct buf *out, const struct digest *d, const struct figures_failure *failure, bool is_runs)
{
    const struct figures_row *row = &d->figures.rows[failure->row];
    const struct words_end end = digest_end(d, failure->row);
    uint32_t depth = MIN(failure->depth, (uint32_t)INDENT_MAX);
    buf_str(out, "| ");
    for (uint32_t i = is_runs; i < depth; i++)
        buf_str(out, "&nbsp;&nbsp;");
    buf_str(out, row->flags & FIGURES_TASK ? "task " : "");
    put_code(out, digest_label(d, failure->row));
    next_cell(out);
    words_status(out, &end);
    next_cell(out);
    put_duration(out, figures_dur_ns(row));
    next_cell(out);
    if (row->task && !(row->flags & FIGURES_TASK))
        put_code(out, figures_key(&d->figures, row->task));
    buf_str(out, failure->began ? " | here it began |\n" : " | |\n");
}

static void put_failures(const struct export *e)
{
    const struct digest *d = digest_of(e);
    const struct figures_failures *failures = &d->failures;
    int64_t seen = 0;
    bool is_runs = false;
    for (size_t i = 0; i < failures->len; i++) {
        const struct figures_failure *failure = &failures->list[i];
        if (!failure->depth)
            is_runs = failure->row == FIGURES_RUN;
        if (failure->row == FIGURES_RUN || seen++ >= FAILURES_SHOWN)
            continue;
        if (seen == 1)
            buf_str(e->out, "\n#### What failed\n\n| command | how | after | task | |\n|---|---|--:|---|---|\n");
        put_failure(e->out, d, failure, is_runs);
    }
    put_left_out(e->out, MAX(seen - FAILURES_SHOWN, 0) + failures->left_out, " | | | |");
}

/* They need no action, and are one figure. */
static void put_handled(const struct export *e)
{
    const struct digest *d = digest_of(e);
    if (d->failures.handled <= 0)
        return;
    buf_str(e->out, "\nHandled: ");
    words_counted(e->out, d->failures.handled, "failure");
    buf_str(e->out, " that went on to nobody\n");
}

/* A mark that is missing is worth more than any figure. */
static void put_task_end(struct buf *out, const struct digest *d, const struct figures_task_group *t)
{
    const struct figures_row *row = &d->figures.rows[t->longest];
    if (t->failed && t->count == 1) {
        const struct words_end end = digest_end(d, t->longest);
        words_status(out, &end);
    } else if (t->failed) {
        words_count(out, t->failed);
        buf_str(out, " failed");
    } else if (t->least) {
        buf_str(out, d->figures.is_running ? "going on" : "never ended");
    } else if (row->flags & FIGURES_STATUS) {
        buf_str(out, "ok");
    }
}

static void put_task(struct buf *out, const struct digest *d, const struct figures_task_group *t)
{
    buf_str(out, "| ");
    put_code(out, figures_names_text(&d->figures.task_names, t->name));
    next_cell(out);
    buf_str(out, t->least ? "\xe2\x89\xa5" : "");
    put_duration(out, t->total_ns);
    next_cell(out);
    put_percent(out, t->path_ns, d->figures.dur_ns);
    next_cell(out);
    put_us(out, t->cpu_us);
    next_cell(out);
    put_task_end(out, d, t);
    next_cell(out);
    words_count(out, t->count);
    next_cell(out);
    put_duration(out, t->longest_ns);
    next_cell(out);
    if (t->total_ns > 0)
        buf_printf(out, "%.1f", (double)t->work_ns / (double)t->total_ns);
    buf_str(out, " |\n");
}

static int by_start(const void *a, const void *b, void *ctx)
{
    const struct figures *f = ctx;
    const struct figures_task_group *x = a, *y = b;
    int64_t p = f->rows[x->longest].start_ns, q = f->rows[y->longest].start_ns;
    return p != q ? (p > q) - (p < q) : (x->longest > y->longest) - (x->longest < y->longest);
}

/* The longest of them, in the order of their starts. */
static int put_tasks(const struct export *e)
{
    const struct digest *d = digest_of(e);
    size_t shown = MIN(d->tasks.len, (size_t)TASKS_SHOWN);
    if (!shown)
        return 0;
    auto_free struct figures_task_group *list = calloc(shown, sizeof *list);
    if (!list)
        return -ENOMEM;
    memcpy(list, d->tasks.list, shown * sizeof *list);
    qsort_r(list, shown, sizeof *list, by_start, (void *)(uintptr_t)&d->figures);
    buf_str(e->out, "\n#### Tasks\n\n| task | wall | share | CPU | status | times | longest | at work |\n"
                    "|---|--:|--:|--:|---|--:|--:|--:|\n");
    for (size_t i = 0; i < shown; i++)
        put_task(e->out, d, &list[i]);
    put_left_out(e->out, (int64_t)(d->tasks.len - shown), " | | | | | | |");
    return 0;
}

/* Apart from those that somebody marked. */
static void put_derived(const struct export *e)
{
    const struct summary *s = e->summary;
    size_t shown = MIN(s->derived_len, (size_t)DERIVED_SHOWN);
    if (!shown)
        return;
    buf_str(e->out, "\n#### Recognised tasks, which nobody marked\n\n| task | wall | CPU | failed | times | longest |\n"
                    "|---|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < shown; i++) {
        const struct summary_task *task = &s->derived[i];
        buf_str(e->out, "| ");
        put_code(e->out, task->name);
        next_cell(e->out);
        put_duration(e->out, task->total_ns);
        next_cell(e->out);
        put_us(e->out, task->cpu_us);
        next_cell(e->out);
        if (task->failed)
            words_count(e->out, task->failed);
        next_cell(e->out);
        words_count(e->out, task->count);
        next_cell(e->out);
        put_duration(e->out, task->longest_ns);
        buf_str(e->out, " |\n");
    }
    put_left_out(e->out, (int64_t)(s->derived_len - shown), " | | | | |");
}

static void put_share(struct buf *out, const struct digest *d, const struct digest_share *share)
{
    bool is_run = share->longest == FIGURES_RUN;
    buf_str(out, "| ");
    if (is_run)
        buf_str(out, "(nobody)");
    else
        put_code(out, figures_names_text(&d->figures.keys, share->key));
    next_cell(out);
    put_percent(out, share->path_ns, d->figures.dur_ns);
    next_cell(out);
    put_duration(out, share->path_ns);
    next_cell(out);
    if (!is_run)
        words_count(out, share->count);
    next_cell(out);
    if (!is_run)
        put_code(out, digest_label(d, share->longest));
    buf_str(out, " |\n");
}

static void put_path(const struct export *e)
{
    const struct digest *d = digest_of(e);
    struct buf *out = e->out;
    int64_t rest_ns = d->figures.dur_ns;
    size_t shown = 0;
    for (size_t i = 0; i < d->shares_len && shown < SHARES_SHOWN && d->figures.len > 1; i++) {
        const struct digest_share *share = &d->shares[i];
        bool is_ours = share->longest != FIGURES_RUN && digest_is_helper(d, share->longest);
        if (is_ours || share->path_ns < d->figures.dur_ns / 100)
            continue;
        if (!shown++)
            buf_str(out, "\n#### What the time waited for\n\n| command | share | time | times | the longest |\n"
                         "|---|--:|--:|--:|---|\n");
        put_share(out, d, share);
        rest_ns -= share->path_ns;
    }
    if (!shown || rest_ns <= 0)
        return;
    buf_str(out, "| everything else | ");
    put_percent(out, rest_ns, d->figures.dur_ns);
    next_cell(out);
    put_duration(out, rest_ns);
    buf_str(out, " | | |\n");
}

static void put_group(struct buf *out, const struct digest *d, const struct figures_group *g)
{
    const int64_t times[] = {g->self_ns, g->p50_ns, g->p95_ns, g->longest_ns};
    buf_str(out, "| ");
    put_code(out, figures_names_text(&d->figures.keys, g->key));
    next_cell(out);
    words_count(out, g->count);
    next_cell(out);
    put_us(out, g->cpu_us);
    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        next_cell(out);
        put_duration(out, times[i]);
    }
    next_cell(out);
    if (g->longest != FIGURES_RUN)
        put_code(out, digest_label(d, g->longest));
    buf_str(out, " |\n");
}

static void put_commands(const struct export *e)
{
    const struct digest *d = digest_of(e);
    int64_t shown = 0, left = 0;
    for (size_t i = 0; i < d->groups.len; i++) {
        const struct figures_group *g = &d->groups.list[i];
        bool is_ours = g->longest != FIGURES_RUN && digest_is_helper(d, g->longest);
        if (is_ours || shown == COMMANDS_SHOWN) {
            left++;
            continue;
        }
        if (!shown++)
            buf_str(e->out, "\n#### By command\n\n| command | count | CPU | own wall | p50 | p95 | longest | "
                            "the longest |\n"
                            "|---|--:|--:|--:|--:|--:|--:|---|\n");
        put_group(e->out, d, g);
    }
    if (shown)
        put_left_out(e->out, left, " | | | | | | |");
}

static void put_neighbour(struct buf *out, const struct digest *d, uint32_t row)
{
    next_cell(out);
    if (row != FIGURES_RUN)
        put_code(out, digest_label(d, row));
}

static void put_gaps(const struct export *e)
{
    const struct digest *d = digest_of(e);
    struct buf *out = e->out;
    size_t shown = 0;
    for (size_t i = 0; i < d->gaps_len && shown < GAPS_SHOWN; i++) {
        const struct figures_gap *gap = &d->gaps[i];
        if (gap->to_ns - gap->from_ns < d->figures.dur_ns / GAP_LEAST)
            continue;
        if (!shown++)
            buf_str(out, "\n| idle | at | during | after | before |\n|--:|--:|---|---|---|\n");
        buf_str(out, "| ");
        put_duration(out, gap->to_ns - gap->from_ns);
        next_cell(out);
        put_duration(out, gap->from_ns);
        put_neighbour(out, d, gap->during);
        put_neighbour(out, d, gap->before);
        put_neighbour(out, d, gap->after);
        buf_str(out, " |\n");
    }
}

/* How many at a time, and when nobody. */
static void put_parallelism(const struct export *e)
{
    const struct digest *d = digest_of(e);
    const struct figures_parallelism *p = &d->parallelism;
    if (d->figures.len <= 1)
        return;
    buf_printf(e->out, "\n#### At work\n\nmean %.1f, most %.1f; idle ", (double)p->mean_centi / 100,
               (double)p->most_centi / 100);
    put_duration(e->out, p->idle_ns);
    buf_str(e->out, " in all: nobody at work, or everybody waited\n");
    put_gaps(e);
}

static void put_marks(const struct export *e)
{
    const struct digest *d = digest_of(e);
    struct buf *out = e->out;
    size_t shown = MIN(d->marks_len, (size_t)MARKS_SHOWN);
    if (!shown)
        return;
    buf_str(out, "\n#### Marks\n\n| mark | value |\n|---|---|\n");
    for (size_t i = 0; i < shown; i++) {
        buf_str(out, "| ");
        put_code(out, digest_text(d, d->marks[i].name));
        next_cell(out);
        if (d->marks[i].value)
            put_code(out, digest_text(d, d->marks[i].value));
        buf_str(out, " |\n");
    }
    put_left_out(out, d->marks_seen - (int64_t)shown, " |");
}

/* The very lines of the page, but for what has a part of its own here. */
static int put_coverage(const struct export *e)
{
    auto_buf text = BUF_EMPTY;
    const struct show_options options = {.width = COVERAGE_COLUMNS, .utf8 = true, .failures = true};
    struct show show = {.page = {.out = &text, .width = COVERAGE_COLUMNS, .utf8 = true},
                        .summary = e->summary,
                        .digest = digest_of(e),
                        .options = &options,
                        .run_ns = 1};
    show_coverage(&show);
    if (buf_error(&text))
        return buf_error(&text);
    buf_str(e->out, "\n#### Coverage\n\n");
    char *rest = NULL, *line = text.len ? strtok_r(text.data, "\n", &rest) : NULL;
    for (int i = 0; line && i < COVERAGE_LINES; i++, line = strtok_r(NULL, "\n", &rest)) {
        buf_str(e->out, "- ");
        put_code(e->out, line);
        buf_char(e->out, '\n');
    }
    return 0;
}

static int end(struct export *e)
{
    int err = tally_finish(e->state);
    if (err)
        return err;
    put_head(e);
    put_failures(e);
    put_handled(e);
    err = put_tasks(e);
    if (err)
        return err;
    put_derived(e);
    put_path(e);
    put_commands(e);
    put_parallelism(e);
    put_marks(e);
    return put_coverage(e);
}

const struct export_format format_markdown = {
    .name = "markdown",
    .help = "a page for the job summaries of CI systems",
    .suffix = ".md",
    .state_bytes = sizeof(struct tally),
    .init = tally_init,
    .plan = tally_plan,
    .end = end,
    .release = tally_release,
};
