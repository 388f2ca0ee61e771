/* SPDX-License-Identifier: MIT */
/* Drawing the tree part of the page; what is worth a line was chosen before. */
#include <string.h>

#include "export/show_choice.h"
#include "export/show_parts.h"

#define DURATION_COL 8 /* where the columns end */
#define CPU_COL 17
#define BAR_COL 19
#define BAR_COLUMNS 12
#define BAR_WIDTH_MIN 80 /* narrower pages have no time line */
#define LEVEL_COLUMNS 3
#define LEVELS_MAX 40
#define LABEL_MIN 30  /* columns that levels leave for status and label, unless more levels are asked for */
#define LABEL_LEAST 8 /* and that a label gets in any case */

struct drawing {
    struct show *show;
    const struct tree *tree;
    struct show_choice choice;
    int tree_col;              /* where the tree begins */
    int levels;                /* how deep it is drawn */
    bool last[LEVELS_MAX + 1]; /* by level: the branch drawn is the last one of its parent */
};

static void put_figures(struct drawing *d, int64_t ns, int64_t us)
{
    show_duration(d->show, ns, DURATION_COL);
    show_duration(d->show, us > INT64_MAX / 1000 ? SPAN_NONE : us * 1000, CPU_COL);
    page_to(&d->show->page, BAR_COL);
}

/* When in the run it was: each column in use or not, rounded, at least one in use. Clocks of tasks and
 * processes may differ by a little, and rows may be forged: whatever they say, the bar stays within its
 * columns. */
static void put_bar(struct drawing *d, const struct tree_node *node)
{
    struct page *p = &d->show->page;
    int64_t run_start = d->show->summary->start_ns;
    double scale = (double)BAR_COLUMNS / (double)d->show->run_ns;
    double from = (double)(node->start_ns - run_start) * scale, until = from + (double)node->dur_ns * scale;
    int first = (int)MAX(MIN(from + .5, BAR_COLUMNS - 1), 0);
    int end = node->dur_ns == SPAN_NONE ? BAR_COLUMNS : (int)MAX(MIN(until + .5, BAR_COLUMNS), first + 1);
    if (d->tree_col == BAR_COL)
        return;
    page_set(p, PAGE_DIM);
    for (int i = 0; i < BAR_COLUMNS; i++)
        page_sign(p, i >= first && i < end ? GLYPH_BAR : GLYPH_REST);
    page_set(p, PAGE_PLAIN);
    page_to(p, d->tree_col);
}

/* The branches that lead to a line on `level`. */
static void put_branches(struct drawing *d, int level)
{
    struct page *p = &d->show->page;
    page_set(p, PAGE_DIM);
    for (int i = 1; i <= level; i++) {
        if (i == level)
            page_sign(p, d->last[i] ? GLYPH_LAST : GLYPH_BRANCH);
        else if (!d->last[i])
            page_sign(p, GLYPH_TRUNK);
        page_to(p, d->tree_col + i * LEVEL_COLUMNS);
    }
    page_set(p, PAGE_PLAIN);
}

/* One line for all children that are not worth one each, with their sums. */
static void draw_rest(struct drawing *d, struct show_rest *rest, int level)
{
    struct page *p = &d->show->page;
    auto_buf text = BUF_EMPTY;
    put_figures(d, rest->ns, rest->us);
    page_to(p, d->tree_col);
    d->last[level] = true;
    put_branches(d, level);
    page_set(p, PAGE_DIM);
    page_sign(p, GLYPH_MORE);
    page_text(p, " ");
    show_put_rest(&text, rest);
    page_fit(p, buf_text(&text), p->width - p->col);
    page_set(p, PAGE_PLAIN);
    page_end(p);
}

/* "gcc × 412 · p95 1.2 s": all children of a name that have no lines of their own. */
static void draw_group(struct drawing *d, const struct show_group *group, int level, bool last)
{
    struct page *p = &d->show->page;
    auto_buf text = BUF_EMPTY;
    put_figures(d, group->ns, group->us);
    page_to(p, d->tree_col);
    d->last[level] = last;
    put_branches(d, level);
    buf_add(&text, group->name, group->len);
    page_fit(p, buf_text(&text), MAX(p->width - p->col - 12, LABEL_LEAST));
    page_text(p, " ");
    page_sign(p, GLYPH_TIMES);
    page_text(p, " ");
    buf_clear(&text);
    words_count(&text, group->count);
    page_text(p, buf_text(&text));
    page_set(p, PAGE_DIM);
    page_sign(p, GLYPH_DOT);
    buf_clear(&text);
    buf_str(&text, "p95 ");
    words_duration(&text, group->p95_ns);
    if (group->failed)
        buf_printf(&text, ", %lld failed", (long long)group->failed);
    if (group->below) {
        buf_str(&text, "  +");
        words_count(&text, group->below);
    }
    page_fit(p, buf_text(&text), p->width - p->col);
    page_set(p, PAGE_PLAIN);
    page_end(p);
}

static void draw_groups(struct drawing *d, const struct show_group *groups, size_t len, int level, bool rest_line)
{
    for (size_t i = 0; i < len; i++)
        draw_group(d, &groups[i], level, i + 1 == len && !rest_line);
}

/* Append the names of the processes behind the first one of a chain. Returns what is left out below them. */
static int64_t put_chain(const struct drawing *d, uint32_t at, struct buf *names)
{
    struct page sign = d->show->page;
    struct show_rest rest;
    int64_t unseen = 0;
    sign.out = names;
    for (uint32_t i = show_only_child(&d->choice, at); i; i = show_only_child(&d->choice, i)) {
        const struct tree_node *node = &d->tree->nodes[i];
        page_sign(&sign, GLYPH_CHAIN);
        buf_add(names, tree_text(d->tree, node->label), node->name_len);
        show_sum_rest(&d->choice, i, false, &rest);
        unseen += rest.count;
    }
    return unseen;
}

/* The end of a node's line: what it ran, the chain it leads to, and how much below it is not worth a line. */
static void put_label(struct drawing *d, uint32_t at, bool chain, int64_t unseen)
{
    const struct tree_node *node = &d->tree->nodes[at];
    struct page *p = &d->show->page;
    auto_buf behind = BUF_EMPTY;
    if (chain)
        unseen += put_chain(d, at, &behind);
    if (unseen) {
        buf_str(&behind, "  +");
        words_count(&behind, unseen);
    }
    if (node->is_task) {
        page_set(p, PAGE_CYAN);
        page_sign(p, GLYPH_TASK);
        page_text(p, " ");
    }
    /* a line too deep for the page is rather too long than empty; a long chain takes half of the room at most
     */
    int end = MAX(p->width, p->col + LABEL_LEAST);
    int kept = MIN(page_columns(p, buf_text(&behind)), (end - p->col) / 2);
    page_fit(p, tree_text(d->tree, node->label), end - p->col - kept);
    page_set(p, PAGE_DIM);
    if (node->is_task && node->end.end_by == SPAN_END_RUN)
        page_fit(p, " (never ended)", end - p->col);
    page_fit(p, buf_text(&behind), end - p->col);
    page_set(p, PAGE_PLAIN);
}

static void draw_children(struct drawing *d, uint32_t at, int level, bool more);

/* One node and what is shown below it. Goes no deeper than LEVELS_MAX. */
static void draw_node(struct drawing *d, uint32_t at, int level)
{
    const struct tree_node *node = &d->tree->nodes[at];
    struct show_group groups[SHOW_GROUPS_MAX];
    struct show_rest rest;
    bool deepest = level == d->levels, chain = !deepest && show_is_chain(&d->choice, at);
    size_t len = deepest || chain ? 0 : show_group(&d->choice, at, groups);
    show_sum_rest(&d->choice, at, deepest, &rest);
    bool rest_line = !deepest && !chain && rest.count && show_is_large(&d->choice, rest.ns);
    put_figures(d, node->dur_ns, node->total_us);
    put_bar(d, node);
    put_branches(d, level);
    show_end(d->show, &node->end);
    put_label(d, at, chain, rest_line ? 0 : rest.count);
    page_end(&d->show->page);
    if (!deepest && !chain)
        draw_children(d, at, level, rest_line || len);
    draw_groups(d, groups, len, level + 1, rest_line);
    if (rest_line)
        draw_rest(d, &rest, level + 1);
}

/* The last one has to be known before the first is drawn: trunks run on beside all that is below a node that is not. */
static void draw_children(struct drawing *d, uint32_t at, int level, bool more)
{
    const struct tree_node *node = &d->tree->nodes[at];
    uint32_t last = 0;
    for (uint32_t i = node->first; i; i = d->tree->nodes[i].next)
        last = d->choice.shown[i] == SHOW_LINE ? i : last;
    for (uint32_t i = node->first; i; i = d->tree->nodes[i].next) {
        if (d->choice.shown[i] != SHOW_LINE)
            continue;
        d->last[level + 1] = i == last && !more;
        draw_node(d, i, level + 1);
    }
}

/* The run itself has no line: its head is above. */
static void draw_all(struct drawing *d)
{
    const struct tree_node *root = &d->tree->nodes[TREE_ROOT];
    struct show_group groups[SHOW_GROUPS_MAX];
    struct show_rest rest;
    for (uint32_t i = root->first; i; i = d->tree->nodes[i].next)
        if (d->choice.shown[i] == SHOW_LINE)
            draw_node(d, i, 0);
    draw_groups(d, groups, show_group(&d->choice, TREE_ROOT, groups), 0, false);
    show_sum_rest(&d->choice, TREE_ROOT, false, &rest);
    if (rest.count)
        draw_rest(d, &rest, 0);
}

/* Only the tasks of that name, and what is below them. */
static void draw_tasks(struct drawing *d, const char *name)
{
    for (uint32_t i = 1; i < d->tree->len; i++)
        if (d->tree->nodes[i].is_task && !strcmp(tree_text(d->tree, d->tree->nodes[i].label), name))
            draw_node(d, i, 0);
}

static void put_columns(struct page *p)
{
    page_end(p);
    page_set(p, PAGE_DIM);
    page_right(p, "wall", DURATION_COL);
    page_right(p, "CPU", CPU_COL);
    page_set(p, PAGE_PLAIN);
    page_end(p);
}

/* As many levels as asked for; else as many as leave room for a label, or nearly all that there are. A bound
 * stands in any case: drawing recurses, and a chain of execs can be a hundred thousand processes deep. */
static int levels_of(const struct drawing *d, const struct show_options *options)
{
    int levels = (options->width - d->tree_col - LABEL_MIN) / LEVEL_COLUMNS;
    if (options->depth)
        levels = options->depth - 1;
    else if (options->all)
        levels = LEVELS_MAX;
    return MAX(MIN(levels, LEVELS_MAX), 0);
}

int show_branches(struct show *show)
{
    const struct tree *tree = show->tree;
    if (tree->len == 1 && !tree->nodes[TREE_ROOT].count)
        return 0;
    struct drawing d = {.show = show, .tree = tree};
    d.choice = (struct show_choice){.tree = tree, .options = show->options, .run_ns = show->run_ns};
    d.tree_col = show->options->width < BAR_WIDTH_MIN ? BAR_COL : BAR_COL + BAR_COLUMNS + 2;
    d.levels = levels_of(&d, show->options);
    int err = show_choose(&d.choice);
    if (!err) {
        put_columns(&show->page);
        if (show->options->task)
            draw_tasks(&d, show->options->task);
        else
            draw_all(&d);
    }
    show_choice_release(&d.choice);
    return err;
}
