/* SPDX-License-Identifier: MIT */
/* Where the time went: tasks, the critical path by command, sums by command. Parents are never ranked by their wall time: it is
 * their children's. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "export/show_parts.h"

#define NAME_MIN 12
#define NAME_MAX 24
#define BAR_COLUMNS 11
#define NOTE_WIDTH_MIN 80 /* narrower pages have no bars and no words */
#define INDENT_LEVELS 4
#define ALONE_SHARE 20  /* a piece below this share of the run is none to remark on */
#define ALONE_CENTI 120 /* at work on average, from where on it is news that one is alone */

/* Of a name column: as wide as its longest name, within bounds. */
static int fit_column(const struct page *p, int column, const char *name)
{
    return MAX(column, MIN(page_columns(p, name), NAME_MAX));
}

static void put_dim(struct show *show, const char *text)
{
    page_set(&show->page, PAGE_DIM);
    page_fit(&show->page, text, show->page.width - show->page.col);
    page_set(&show->page, PAGE_PLAIN);
}

/* What a process of a command was: of a compiler its file says more than its options. */
static void put_what(struct show *show, uint32_t row, int room)
{
    const char *label = row == FIGURES_RUN ? "" : digest_label(show->digest, row);
    auto_buf source = BUF_EMPTY;
    size_t len;
    const char *found = words_source(label, &len);
    if (found)
        buf_add(&source, found, len);
    page_fit(&show->page, found ? buf_text(&source) : label, room);
}

/* How many tasks are around a task. */
static int level_of(const struct figures *f, uint32_t task)
{
    int level = 0;
    for (uint32_t i = f->rows[task].parent; i != FIGURES_RUN && level < INDENT_LEVELS; i = f->rows[i].parent)
        level++;
    return level;
}

static const char *task_name(const struct show *show, const struct figures_task_group *t)
{
    return figures_names_text(&show->digest->figures.task_names, t->name);
}

/* "one thing at a time (0.9 cores)": who is at work and what it computes are two things. */
static void put_parallelism(struct show *show, const struct figures_task_group *t)
{
    auto_buf text = BUF_EMPTY;
    if (t->total_ns <= 0 || show->page.width < NOTE_WIDTH_MIN || !t->processes)
        return;
    double work = (double)t->work_ns / (double)t->total_ns, cores = (double)t->cpu_us * 1e3 / (double)t->total_ns;
    if (work >= 1.15)
        buf_printf(&text, "%.1f at a time", work);
    else
        buf_str(&text, work > 0.5 && cores < 0.1 ? "mostly waiting" : "one thing at a time");
    buf_printf(&text, " (%.1f cores)", cores);
    put_dim(show, buf_text(&text));
}

/* A mark that is missing is worth more than any figure; what is fine is one sign. */
static void put_task_end(struct show *show, const struct figures_task_group *t)
{
    struct page *p = &show->page;
    const struct figures_row *row = &show->digest->figures.rows[t->longest];
    auto_buf text = BUF_EMPTY;
    if (t->failed) {
        page_set(p, PAGE_RED);
        page_sign(p, GLYPH_FAILED);
        if (t->count == 1 && row->flags & FIGURES_STATUS && !row->signal)
            buf_printf(&text, " exit %d", row->exit_code);
        else
            buf_printf(&text, t->count == 1 ? " failed" : " %lld failed", (long long)t->failed);
    } else if (t->least) {
        page_set(p, show->digest->figures.is_running ? PAGE_DIM : PAGE_RED);
        buf_str(&text, show->digest->figures.is_running ? "going on" : "never ended");
        if (t->count > 1)
            buf_printf(&text, ": %lld", (long long)t->least);
    } else if (row->flags & FIGURES_STATUS) {
        page_set(p, PAGE_GREEN);
        page_sign(p, GLYPH_DONE);
    }
    page_fit(p, buf_text(&text), p->width - p->col);
    page_set(p, PAGE_PLAIN);
}

static void put_task(struct show *show, const struct figures_task_group *t, int column)
{
    struct page *p = &show->page;
    int level = level_of(&show->digest->figures, t->longest);
    page_to(p, 2 + 2 * level);
    page_fit(p, task_name(show, t), 2 + column - p->col);
    page_to(p, column + 2);
    auto_buf wall = BUF_EMPTY;
    words_duration(&wall, t->total_ns);
    int from = column + 12 - page_columns(p, buf_text(&wall)) - (t->least ? (p->utf8 ? 1 : 3) : 0);
    page_to(p, from);
    if (t->least)
        page_sign(p, GLYPH_LEAST);
    page_text(p, buf_text(&wall));
    show_percent(show, t->path_ns, show->digest->figures.dur_ns, column + 19);
    page_text(p, "  ");
    if (p->width >= NOTE_WIDTH_MIN) {
        int64_t dur_ns = MAX(show->digest->figures.dur_ns, 1);
        page_bar(p, (int64_t)(1000.0 * (double)t->path_ns / (double)dur_ns), BAR_COLUMNS);
        page_to(p, column + 21 + BAR_COLUMNS);
    }
    show_duration(show, t->cpu_us > INT64_MAX / 1000 ? SPAN_NONE : t->cpu_us * 1000, p->col + 9);
    page_text(p, "  ");
    put_task_end(show, t);
    page_to(p, p->width >= NOTE_WIDTH_MIN ? column + 44 + BAR_COLUMNS : 0);
    if (t->count > 1) {
        auto_buf text = BUF_EMPTY;
        words_count(&text, t->count);
        page_text(p, buf_text(&text));
        page_text(p, " ");
        page_sign(p, GLYPH_TIMES);
        page_text(p, " ");
    }
    put_parallelism(show, t);
    page_end(p);
}

static int by_start(const void *a, const void *b, void *ctx)
{
    const struct figures *f = ctx;
    const struct figures_task_group *x = *(const struct figures_task_group *const *)a,
                                    *y = *(const struct figures_task_group *const *)b;
    int64_t p = f->rows[x->longest].start_ns, q = f->rows[y->longest].start_ns;
    return p != q ? (p > q) - (p < q) : (x->longest > y->longest) - (x->longest < y->longest);
}

/* What of the list is left out, with its sums, and how to see it. */
static void put_tasks_left(struct show *show, size_t count, int64_t total_ns)
{
    auto_buf text = BUF_EMPTY;
    if (!count)
        return;
    page_to(&show->page, 2);
    page_set(&show->page, PAGE_DIM);
    page_sign(&show->page, GLYPH_MORE);
    page_set(&show->page, PAGE_PLAIN);
    buf_str(&text, " ");
    words_count(&text, (int64_t)count);
    buf_str(&text, " more, ");
    words_duration(&text, total_ns);
    buf_str(&text, " (--all)");
    put_dim(show, buf_text(&text));
    page_end(&show->page);
}

static void put_task_columns(struct show *show, int column)
{
    struct page *p = &show->page;
    page_end(p);
    page_styled(p, PAGE_BOLD, "Tasks");
    page_set(p, PAGE_DIM);
    page_right(p, "wall", column + 12);
    page_right(p, "share", column + 19);
    page_right(p, "CPU", column + 21 + (p->width >= NOTE_WIDTH_MIN ? BAR_COLUMNS : 0) + 9);
    page_set(p, PAGE_PLAIN);
    page_end(p);
}

/* The longest of them, in the order of their starts. */
int show_tasks(struct show *show)
{
    const struct figures_task_groups *tasks = &show->digest->tasks;
    auto_free const struct figures_task_group **lines = calloc(tasks->len + 1, sizeof *lines);
    size_t most = show_lines(show, tasks->len, show->room.tasks), len = 0, left = 0;
    int64_t left_ns = 0;
    int column = NAME_MIN;
    if (!lines)
        return -ENOMEM;
    for (size_t i = 0; i < tasks->len; i++) {
        const struct figures_task_group *t = &tasks->list[i];
        if (!digest_has(show->digest, t->longest))
            continue;
        if (len < most && show_is_worth(show, t->total_ns)) {
            lines[len++] = t;
            int level = level_of(&show->digest->figures, t->longest);
            column = MAX(column, MIN(page_columns(&show->page, task_name(show, t)) + 2 * level, NAME_MAX));
        } else {
            left++;
            left_ns += MIN(t->total_ns, INT64_MAX - left_ns);
        }
    }
    if (!len)
        return 0;
    qsort_r((void *)lines, len, sizeof *lines, by_start, (void *)(uintptr_t)&show->digest->figures);
    put_task_columns(show, column);
    for (size_t i = 0; i < len; i++)
        put_task(show, lines[i], column);
    put_tasks_left(show, left, left_ns);
    return 0;
}

/* What `--by` was. */
static const char *const by_words[] = {
    [DIGEST_BY_COMMAND] = "command", [DIGEST_BY_EXE] = "exe",   [DIGEST_BY_ARGS] = "args",
    [DIGEST_BY_DIR] = "dir",         [DIGEST_BY_TASK] = "task",
};

static bool is_run(const struct digest_share *share)
{
    return share->longest == FIGURES_RUN;
}

static const char *share_name(const struct show *show, const struct digest_share *share)
{
    return is_run(share) ? "(nobody)" : figures_names_text(&show->digest->figures.keys, share->key);
}

/* Only what groups by what a process runs can be told to be ours. */
static bool is_hidden(const struct show *show, uint32_t row)
{
    enum digest_by by = show->digest->options.by;
    return !show->options->all && row != FIGURES_RUN && by != DIGEST_BY_DIR && by != DIGEST_BY_TASK &&
           digest_is_helper(show->digest, row);
}

/* Where one thing runs at a time anyway, that nothing else ran is no news, but of what only waited. */
static bool is_worth_saying(const struct show *show, const struct digest_share *share)
{
    const struct digest *d = show->digest;
    if (!share->alone || is_run(share) || share->longest_ns < show->run_ns / ALONE_SHARE)
        return false;
    return d->figures.rows[share->longest].flags & FIGURES_WAITER || d->parallelism.mean_centi >= ALONE_CENTI;
}

static void put_share(struct show *show, const struct digest_share *share, int column)
{
    struct page *p = &show->page;
    show_percent(show, share->path_ns, show->run_ns, 7);
    show_duration(show, share->path_ns, 16);
    page_to(p, 19);
    page_fit(p, share_name(show, share), column);
    page_to(p, 19 + column);
    if (!is_run(share)) {
        show_count(show, share->count, 19 + column + 7);
        page_text(p, " ");
        page_sign(p, GLYPH_TIMES);
    }
    page_to(p, 19 + column + 11);
    bool alone = is_worth_saying(show, share);
    int kept = alone ? 2 + (p->utf8 ? 1 : 2) + (int)strlen(" nothing else ran") : 0;
    if (share->count > 1 && !is_run(share) && p->width >= NOTE_WIDTH_MIN) {
        show_duration(show, share->longest_ns, p->col + 7);
        page_text(p, "  ");
    }
    if (is_run(share))
        page_fit(p, "before its first process, or behind its last one", p->width - p->col);
    else
        put_what(show, share->longest, MAX(p->width - p->col - kept, NAME_MIN));
    if (alone && p->width - p->col >= kept) {
        page_set(p, PAGE_DIM);
        page_text(p, "  ");
        page_sign(p, GLYPH_LOOK);
        page_text(p, " nothing else ran");
        page_set(p, PAGE_PLAIN);
    }
    page_end(p);
}

void show_path(struct show *show)
{
    const struct digest *d = show->digest;
    size_t most = show_lines(show, d->shares_len, show->room.shares), shown = 0;
    int64_t rest_ns = show->run_ns;
    int column = NAME_MIN;
    auto_buf about = BUF_EMPTY;
    if (!d->shares_len || d->figures.len <= 1)
        return;
    buf_str(&about, "(critical path, ");
    words_duration(&about, show->run_ns);
    buf_printf(&about, ": share, time, %s, count, the longest)", by_words[d->options.by]);
    show_title(show, "What the time waited for", buf_text(&about));
    for (size_t i = 0; i < MIN(d->shares_len, most); i++)
        column = fit_column(&show->page, column, share_name(show, &d->shares[i]));
    for (size_t i = 0; i < d->shares_len && shown < most; i++) {
        const struct digest_share *share = &d->shares[i];
        bool small = share->path_ns < show->run_ns / 100 && !show->options->all && !show->options->top;
        if (is_hidden(show, share->longest) || small || !show_is_worth(show, share->path_ns))
            continue;
        put_share(show, share, column);
        rest_ns -= share->path_ns;
        shown++;
    }
    if (rest_ns <= 0)
        return;
    show_duration(show, rest_ns, 16);
    page_to(&show->page, 19);
    put_dim(show, show->digest->outside ? "everything else, and what it waited for outside" : "everything else");
    page_end(&show->page);
}

static const char *const by_titles[] = {
    [DIGEST_BY_COMMAND] = "By command", [DIGEST_BY_EXE] = "By program", [DIGEST_BY_ARGS] = "By command line",
    [DIGEST_BY_DIR] = "By folder",      [DIGEST_BY_TASK] = "By task",
};

static const char *group_name(const struct show *show, const struct figures_group *g)
{
    return figures_names_text(&show->digest->figures.keys, g->key);
}

static void put_us(struct show *show, int64_t us, int col)
{
    show_duration(show, us > INT64_MAX / 1000 ? SPAN_NONE : us * 1000, col);
}

/* Of one whose end nobody saw, or that goes on, it is a lower bound. */
static void put_longest(struct show *show, const struct figures_group *g, int col)
{
    bool least =
        show->digest->figures.rows[g->longest].flags & (FIGURES_LEAST | FIGURES_RUNS) && g->longest != FIGURES_RUN;
    auto_buf text = BUF_EMPTY;
    words_duration(&text, g->longest_ns);
    if (least) {
        page_to(&show->page, col - page_columns(&show->page, buf_text(&text)) - (show->page.utf8 ? 1 : 3));
        page_sign(&show->page, GLYPH_LEAST);
    }
    page_right(&show->page, buf_text(&text), col);
}

static void put_group(struct show *show, const struct figures_group *g, int column)
{
    struct page *p = &show->page;
    page_to(p, 2);
    page_fit(p, group_name(show, g), column);
    page_to(p, 2 + column);
    show_count(show, g->count, column + 9);
    put_us(show, g->cpu_us, column + 18);
    show_duration(show, g->self_ns, column + 27);
    if (p->width >= NOTE_WIDTH_MIN) {
        show_duration(show, g->p50_ns, column + 36);
        show_duration(show, g->p95_ns, column + 45);
    }
    put_longest(show, g, p->col + 9);
    page_text(p, "  ");
    put_what(show, g->longest, p->width - p->col);
    page_end(p);
}

static void put_group_columns(struct show *show, int column)
{
    struct page *p = &show->page;
    page_end(p);
    page_styled(p, PAGE_BOLD, by_titles[show->digest->options.by]);
    page_set(p, PAGE_DIM);
    page_right(p, "count", column + 9);
    page_right(p, "CPU", column + 18);
    page_right(p, "own wall", column + 27);
    if (p->width >= NOTE_WIDTH_MIN) {
        page_right(p, "p50", column + 36);
        page_right(p, "p95", column + 45);
    }
    page_right(p, "longest", p->col + 9);
    page_set(p, PAGE_PLAIN);
    page_end(p);
}

/* What has no line, and how to see it. */
struct folded {
    int64_t groups, count, cpu_us, helpers;
};

static void put_folded(struct show *show, const struct folded *rest)
{
    auto_buf text = BUF_EMPTY;
    if (!rest->groups)
        return;
    page_to(&show->page, 2);
    page_set(&show->page, PAGE_DIM);
    page_sign(&show->page, GLYPH_MORE);
    page_set(&show->page, PAGE_PLAIN);
    buf_str(&text, " ");
    words_count(&text, rest->groups);
    buf_str(&text, " more, ");
    words_counted(&text, rest->count, "process|processes");
    buf_str(&text, ", ");
    words_duration(&text, rest->cpu_us > INT64_MAX / 1000 ? SPAN_NONE : rest->cpu_us * 1000);
    buf_str(&text, rest->helpers ? " CPU, dtrack's own among them" : " CPU");
    buf_printf(&text, " (--by %s --all)", by_words[show->digest->options.by]);
    put_dim(show, buf_text(&text));
    page_end(&show->page);
}

void show_commands(struct show *show)
{
    const struct figures_groups *groups = &show->digest->groups;
    size_t most = show_lines(show, groups->len, show->room.commands), shown = 0;
    struct folded rest = {0};
    int column = NAME_MIN;
    if (!groups->len)
        return;
    for (size_t i = 0; i < MIN(groups->len, most); i++)
        column = fit_column(&show->page, column, group_name(show, &groups->list[i]));
    put_group_columns(show, column);
    for (size_t i = 0; i < groups->len; i++) {
        const struct figures_group *g = &groups->list[i];
        bool ours = is_hidden(show, g->longest);
        if (shown < most && !ours && show_is_worth(show, MAX(g->self_ns, g->cpu_us * 1000))) {
            put_group(show, g, column);
            shown++;
            continue;
        }
        rest.groups++;
        rest.count += g->count;
        rest.cpu_us += g->cpu_us;
        rest.helpers += ours;
    }
    put_folded(show, &rest);
}
