/* SPDX-License-Identifier: MIT */
/* The tables of the page: tasks, the slowest processes, marks; and what the parts have in common. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "export/show_parts.h"
#include "export/tree_index.h"

#define SLOWEST 10
#define TASKS_SHOWN 30
#define MARKS_SHOWN 20
#define DURATION_COL 8
#define SECOND_COL 17
#define TEXT_COL 19

void show_title(struct show *show, const char *title)
{
    page_end(&show->page);
    page_styled(&show->page, PAGE_BOLD, title);
    page_end(&show->page);
}

void show_duration(struct show *show, int64_t ns, int col)
{
    auto_buf text = BUF_EMPTY;
    words_duration(&text, ns);
    page_right(&show->page, buf_text(&text), col);
}

/* An end is worth a word when it was a failure, or when nobody saw it and its status is not known either. */
void show_end(struct show *show, const struct words_end *end)
{
    struct page *p = &show->page;
    bool failed = words_failed(end),
         unclear = end->end_by == SPAN_END_RUNNING || end->end_by == SPAN_END_INFERRED;
    if (!failed && (!unclear || end->exit_code != SPAN_NONE))
        return;
    auto_buf text = BUF_EMPTY;
    words_status(&text, end);
    page_set(p, failed ? PAGE_RED : PAGE_DIM);
    if (failed) {
        page_sign(p, GLYPH_FAILED);
        page_text(p, " ");
    }
    page_text(p, buf_text(&text));
    page_set(p, PAGE_PLAIN);
    page_text(p, "  ");
}

/* The tasks of one name. */
struct task_line {
    uint32_t label;
    int64_t count, open, ns, longest_ns;
};

/* Add the tasks up by name, in the order in which the names first appear. Returns the number of lines. */
static size_t gather_tasks(const struct tree *tree, struct tree_index *by_name, uint32_t *line_of,
                           struct task_line *lines)
{
    size_t len = 0;
    for (uint32_t i = 1; i < tree->len; i++) {
        const struct tree_node *node = &tree->nodes[i];
        if (!node->is_task)
            continue;
        uint32_t namesake = tree_index_put(by_name, i);
        line_of[i] = namesake ? line_of[namesake] : (uint32_t)len++;
        struct task_line *line = &lines[line_of[i]];
        line->label = node->label;
        line->count++;
        line->open += node->end.end_by == SPAN_END_RUN;
        tree_add_up(&line->ns, MAX(node->dur_ns, 0));
        line->longest_ns = MAX(line->longest_ns, node->dur_ns);
    }
    return len;
}

/* All of that name together, the longest one, how many, the name; and those that were never ended, in red. */
static void put_task(struct show *show, const struct task_line *line)
{
    struct page *p = &show->page;
    auto_buf text = BUF_EMPTY;
    show_duration(show, line->ns, DURATION_COL);
    if (line->count > 1)
        show_duration(show, line->longest_ns, SECOND_COL);
    page_to(p, TEXT_COL);
    if (line->count > 1) {
        words_count(&text, line->count);
        buf_str(&text, " x ");
    }
    page_text(p, buf_text(&text));
    page_fit(p, tree_text(show->tree, line->label), p->width - p->col - 20);
    if (line->open) {
        buf_clear(&text);
        buf_str(&text, "  never ended");
        if (line->open > 1 || line->count > 1)
            buf_printf(&text, ": %lld", (long long)line->open);
        page_styled(p, PAGE_RED, buf_text(&text));
    }
    page_end(p);
}

/* The line below a table that was cut; the count is exact. */
static void put_left_out(struct show *show, size_t count)
{
    auto_buf text = BUF_EMPTY;
    if (!count)
        return;
    page_to(&show->page, TEXT_COL);
    page_set(&show->page, PAGE_DIM);
    page_sign(&show->page, GLYPH_MORE);
    buf_char(&text, ' ');
    words_count(&text, (int64_t)count);
    buf_str(&text, " more");
    page_text(&show->page, buf_text(&text));
    page_set(&show->page, PAGE_PLAIN);
    page_end(&show->page);
}

int show_tasks(struct show *show)
{
    const struct tree *tree = show->tree;
    auto_free struct task_line *lines = calloc(tree->len, sizeof *lines);
    auto_free uint32_t *line_of = calloc(tree->len, sizeof *line_of);
    auto_tree_index by_name;
    int err = tree_index_init(&by_name, tree, offsetof(struct tree_node, label));
    if (err || !lines || !line_of)
        return -ENOMEM;
    size_t len = gather_tasks(tree, &by_name, line_of, lines);
    if (!len)
        return 0;
    size_t shown = show->options->all ? len : MIN(len, (size_t)TASKS_SHOWN);
    show_title(show, "Tasks");
    for (size_t i = 0; i < shown; i++)
        put_task(show, &lines[i]);
    put_left_out(show, len - shown);
    return 0;
}

/* Keep the ten longest of what comes by, longest first; earlier ones win a tie. */
static void keep_slowest(const struct tree *tree, uint32_t *top, size_t *len, uint32_t node)
{
    size_t at = *len;
    while (at && tree->nodes[top[at - 1]].own_ns < tree->nodes[node].own_ns)
        at--;
    if (at == SLOWEST)
        return;
    if (*len < SLOWEST)
        ++*len;
    memmove(&top[at + 1], &top[at], (*len - at - 1) * sizeof *top);
    top[at] = node;
}

/* By wall time in which none of its children ran; beside it its CPU time, which tells work from waiting. */
void show_slowest(struct show *show)
{
    const struct tree *tree = show->tree;
    uint32_t top[SLOWEST];
    size_t len = 0;
    for (uint32_t i = 1; i < tree->len; i++)
        if (!tree->nodes[i].is_task)
            keep_slowest(tree, top, &len, i);
    /* with two or three processes the tree above says it all */
    if (len < 4)
        return;
    show_title(show, "Slowest by themselves, without the time of their children");
    for (size_t i = 0; i < len; i++) {
        const struct tree_node *node = &tree->nodes[top[i]];
        show_duration(show, node->own_ns, DURATION_COL);
        show_duration(show, node->cpu_us > INT64_MAX / 1000 ? SPAN_NONE : node->cpu_us * 1000, SECOND_COL);
        page_to(&show->page, TEXT_COL);
        show_end(show, &node->end);
        page_fit(&show->page, tree_text(tree, node->label), show->page.width - show->page.col);
        page_end(&show->page);
    }
}

/* In the order of their times, counted from the start of the run. */
void show_marks(struct show *show)
{
    const struct tree *tree = show->tree;
    struct page *p = &show->page;
    if (!tree->marks_seen)
        return;
    size_t shown = show->options->all ? tree->marks_len : MIN(tree->marks_len, (size_t)MARKS_SHOWN);
    show_title(show, "Marks");
    for (size_t i = 0; i < shown; i++) {
        const struct tree_mark *mark = &tree->marks[i];
        show_duration(show, MAX(mark->at_ns - show->summary->start_ns, 0), DURATION_COL);
        page_to(p, TEXT_COL);
        page_fit(p, tree_text(tree, mark->name), p->width - p->col - 4);
        if (mark->value) {
            page_text(p, " = ");
            page_fit(p, tree_text(tree, mark->value), p->width - p->col);
        }
        page_end(p);
    }
    put_left_out(show, (size_t)tree->marks_seen - shown);
}
