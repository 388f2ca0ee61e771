/* SPDX-License-Identifier: MIT */
/* Choosing the lines of the tree part, and summing up what gets none. */
#include "export/show_choice.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"

/* A process below this share of the run is left out, unless a failure hangs on it. */
#define SMALL_SHARE 100

/* At most so many children of one process, the longest and the failed ones. */
#define SIBLINGS_MAX 12

/* So many names are said of what is left out. */
#define NAMES_SHOWN 3

bool show_is_large(const struct show_choice *c, int64_t ns)
{
    return ns >= (c->options->min_ns ? c->options->min_ns : c->run_ns / SMALL_SHARE);
}

static size_t siblings_max(const struct show_choice *c)
{
    return c->options->top ? (size_t)c->options->top : SIBLINGS_MAX;
}

/* How much a child deserves its line: a failure before any duration, and what still runs before what has
 * ended. */
static int64_t weight(const struct tree_node *node)
{
    int64_t ns = node->dur_ns == SPAN_NONE ? INT64_MAX / 2 : MIN(node->dur_ns, INT64_MAX / 2);
    return node->matters ? ns + INT64_MAX / 2 : ns;
}

static int compare_weights(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? 1 : left > right ? -1 : 0;
}

/* dtrack's own are no part of the job. */
static bool is_helper(const struct show_choice *c, const struct tree_node *node)
{
    static const char name[] = "dtrack-mark";
    return !node->is_task && node->name_len == strlen(name) &&
           !memcmp(tree_text(c->tree, node->label), name, strlen(name));
}

static bool deserves(const struct show_choice *c, const struct tree_node *node)
{
    if (is_helper(c, node))
        return c->options->all;
    return c->options->all || node->matters || node->is_task || node->dur_ns == SPAN_NONE ||
           show_is_large(c, node->dur_ns);
}

/* What a child needs to be among the SIBLINGS_MAX of its parent. */
struct bar {
    int64_t least; /* weight */
    int ties;      /* how many of just that weight have room */
};

/* Find the bar for a parent's children. */
static struct bar find_bar(const struct show_choice *c, uint32_t parent)
{
    size_t len = 0, most = siblings_max(c);
    int64_t *weights = c->scratch;
    for (uint32_t child = c->tree->nodes[parent].first; child; child = c->tree->nodes[child].next)
        if (deserves(c, &c->tree->nodes[child]))
            weights[len++] = weight(&c->tree->nodes[child]);
    if (len <= most || c->options->all)
        return (struct bar){.least = -1};
    qsort(weights, len, sizeof *weights, compare_weights);
    struct bar bar = {.least = weights[most - 1]};
    for (size_t i = most; i-- > 0 && weights[i] == bar.least;)
        bar.ties++;
    return bar;
}

static void choose_lines(const struct show_choice *c, uint32_t parent)
{
    struct bar bar = find_bar(c, parent);
    for (uint32_t child = c->tree->nodes[parent].first; child; child = c->tree->nodes[child].next) {
        const struct tree_node *node = &c->tree->nodes[child];
        int64_t mine = weight(node);
        /* among equals the earlier ones: that is as good a choice as any, and the same one every time */
        bool line = deserves(c, node) && (mine > bar.least || (mine == bar.least && bar.ties-- > 0));
        c->shown[child] = line ? SHOW_LINE : SHOW_NOT;
    }
}

/* The names of what has no line, with their counts and sums of durations. */
struct names {
    struct show_group list[SHOW_NAMES_MAX];
    size_t len;
};

static struct show_group *find_name(struct names *names, const struct show_choice *c, const struct tree_node *node)
{
    const char *name = tree_text(c->tree, node->label);
    for (size_t i = 0; i < names->len; i++)
        if (names->list[i].len == node->name_len && !memcmp(names->list[i].name, name, node->name_len))
            return &names->list[i];
    if (names->len == SHOW_NAMES_MAX)
        return NULL;
    names->list[names->len] = (struct show_group){.name = name, .len = node->name_len};
    return &names->list[names->len++];
}

static bool may_share(const struct show_choice *c, uint32_t child)
{
    const struct tree_node *node = &c->tree->nodes[child];
    return c->shown[child] != SHOW_LINE && !node->is_task && node->dur_ns != SPAN_NONE && !is_helper(c, node);
}

static int by_time(const void *a, const void *b)
{
    const struct show_group *x = a, *y = b;
    return (x->ns < y->ns) - (x->ns > y->ns);
}

/* Siblings of one name that are many, and together worth a line, share one. */
static void choose_groups(const struct show_choice *c, uint32_t parent)
{
    struct names names = {.len = 0};
    struct show_group *group;
    for (uint32_t i = c->tree->nodes[parent].first; i; i = c->tree->nodes[i].next) {
        if (!may_share(c, i) || !(group = find_name(&names, c, &c->tree->nodes[i])))
            continue;
        group->count++;
        tree_add_up(&group->ns, c->tree->nodes[i].dur_ns);
    }
    qsort(names.list, names.len, sizeof *names.list, by_time);
    size_t kept = 0;
    for (size_t i = 0; i < names.len && kept < SHOW_GROUPS_MAX; i++)
        if (names.list[i].count > 1 && show_is_large(c, names.list[i].ns))
            names.list[kept++] = names.list[i];
    names.len = kept;
    for (uint32_t i = c->tree->nodes[parent].first; i; i = c->tree->nodes[i].next) {
        const struct tree_node *node = &c->tree->nodes[i];
        for (size_t j = 0; j < kept && may_share(c, i); j++)
            if (names.list[j].len == node->name_len &&
                !memcmp(names.list[j].name, tree_text(c->tree, node->label), node->name_len))
                c->shown[i] = SHOW_GROUPED;
    }
}

int show_choose(struct show_choice *c)
{
    c->scratch = calloc(c->tree->len, sizeof *c->scratch);
    c->shown = calloc(c->tree->len, sizeof *c->shown);
    if (!c->scratch || !c->shown)
        return -ENOMEM;
    for (uint32_t i = 0; i < c->tree->len; i++) {
        choose_lines(c, i);
        choose_groups(c, i);
    }
    return 0;
}

void show_choice_release(struct show_choice *c)
{
    free(c->shown);
    free(c->scratch);
    c->shown = NULL;
    c->scratch = NULL;
}

static int rising(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The members of one group, by their starts. */
static void sum_group(const struct show_choice *c, uint32_t parent, struct show_group *group)
{
    int64_t covered = 0;
    size_t len = 0;
    *group = (struct show_group){.name = group->name, .len = group->len};
    for (uint32_t i = c->tree->nodes[parent].first; i; i = c->tree->nodes[i].next) {
        const struct tree_node *node = &c->tree->nodes[i];
        if (c->shown[i] != SHOW_GROUPED || node->name_len != group->len ||
            memcmp(tree_text(c->tree, node->label), group->name, group->len) != 0)
            continue;
        c->scratch[len++] = node->dur_ns;
        group->below += node->count - 1;
        group->failed += node->failed;
        tree_add_up(&group->us, node->total_us);
        tree_add_up(&group->ns, MAX(tree_end(node) - MAX(node->start_ns, covered), 0));
        covered = MAX(covered, tree_end(node));
    }
    group->count = (int64_t)len;
    qsort(c->scratch, len, sizeof *c->scratch, rising);
    group->p95_ns = len ? c->scratch[(len * 95 + 99) / 100 - 1] : 0;
}

size_t show_group(const struct show_choice *c, uint32_t parent, struct show_group groups[SHOW_GROUPS_MAX])
{
    struct names names = {.len = 0};
    for (uint32_t i = c->tree->nodes[parent].first; i; i = c->tree->nodes[i].next)
        if (c->shown[i] == SHOW_GROUPED)
            find_name(&names, c, &c->tree->nodes[i]);
    size_t len = MIN(names.len, (size_t)SHOW_GROUPS_MAX);
    for (size_t i = 0; i < len; i++) {
        groups[i] = names.list[i];
        sum_group(c, parent, &groups[i]);
    }
    qsort(groups, len, sizeof *groups, by_time);
    return len;
}

/* Names beyond the first SHOW_NAMES_MAX count among "more": so many different ones have no favourite. */
static void count_name(struct show_rest *rest, const char *name, uint32_t len)
{
    size_t i = 0;
    while (i < rest->names_len && (rest->names[i].len != len || memcmp(rest->names[i].name, name, len)))
        i++;
    if (i == SHOW_NAMES_MAX)
        return;
    if (i == rest->names_len) {
        rest->names[rest->names_len++].count = 0;
        rest->names[i].name = name;
        rest->names[i].len = len;
    }
    rest->names[i].count++;
}

/* Add one child, the children coming by their starts: so the time in which any of them ran is what each adds
 * behind the latest end so far. The sum of their times would be longer than their parent's, as soon as two
 * run at once. */
static void add_to_rest(const struct show_choice *c, const struct tree_node *child, struct show_rest *rest,
                        int64_t *covered)
{
    int64_t from = MAX(child->start_ns, *covered), until = child->dur_ns == SPAN_NONE ? 0 : tree_end(child);
    rest->children++;
    rest->count += child->count;
    rest->failed += child->failed;
    tree_add_up(&rest->us, child->total_us);
    tree_add_up(&rest->ns, MAX(until - from, 0));
    *covered = MAX(*covered, until);
    count_name(rest, tree_text(c->tree, child->label), child->name_len);
}

void show_sum_rest(const struct show_choice *c, uint32_t parent, bool deepest, struct show_rest *rest)
{
    const struct tree_node *node = &c->tree->nodes[parent];
    int64_t covered = 0;
    memset(rest, 0, sizeof *rest);
    rest->count = node->folded_count;
    rest->failed = node->folded_failed;
    rest->ns = node->folded_ns;
    rest->us = node->folded_us;
    rest->folded = node->folded_count > 0;
    for (uint32_t i = node->first; i; i = c->tree->nodes[i].next) {
        const struct tree_node *child = &c->tree->nodes[i];
        if (c->shown[i] && !deepest)
            continue;
        add_to_rest(c, child, rest, &covered);
    }
    /* of folded ones only the sum is known, and they may have run at the same time */
    if (parent != TREE_ROOT && node->dur_ns != SPAN_NONE)
        rest->ns = MIN(rest->ns, node->dur_ns);
}

/* Take the name that most of the rest have out of the list. */
static void put_next_name(struct buf *text, struct show_rest *rest)
{
    size_t best = 0;
    for (size_t i = 1; i < rest->names_len; i++)
        if (rest->names[i].count > rest->names[best].count)
            best = i;
    if (rest->names[best].count > 1) {
        words_count(text, rest->names[best].count);
        buf_char(text, ' ');
    }
    buf_add(text, rest->names[best].name, rest->names[best].len);
    rest->children -= rest->names[best].count;
    rest->names[best].count = 0;
}

void show_put_rest(struct buf *text, struct show_rest *rest)
{
    int64_t children = rest->children;
    size_t names = MIN(rest->names_len, (size_t)NAMES_SHOWN);
    for (size_t i = 0; i < names; i++) {
        if (i)
            buf_str(text, ", ");
        put_next_name(text, rest);
    }
    if (names && rest->children > 0) {
        buf_str(text, " and ");
        words_count(text, rest->children);
        buf_str(text, " more");
    } else if (names && rest->folded) {
        buf_str(text, " and others");
    }
    if (rest->count == children && !rest->failed)
        return;
    buf_str(text, names ? " (" : "");
    words_counted(text, rest->count, "process|processes");
    if (rest->failed)
        buf_printf(text, ", %lld failed", (long long)rest->failed);
    buf_str(text, names ? ")" : "");
}

uint32_t show_only_child(const struct show_choice *c, uint32_t at)
{
    uint32_t only = 0;
    for (uint32_t i = c->tree->nodes[at].first; i; i = c->tree->nodes[i].next) {
        if (c->shown[i] == SHOW_GROUPED || (c->shown[i] && only))
            return 0;
        only = c->shown[i] ? i : only;
    }
    const struct tree_node *node = &c->tree->nodes[at], *child = &c->tree->nodes[only];
    /* nine tenths, give or take the rounding; a division can't overflow where a product can */
    bool passed_on = !node->is_task && !child->is_task && !node->matters && child->dur_ns / 9 >= node->dur_ns / 10;
    return only && passed_on && node->dur_ns != SPAN_NONE && !words_failed(&child->end) ? only : 0;
}

bool show_is_chain(const struct show_choice *c, uint32_t at)
{
    struct show_rest rest;
    uint32_t last = at;
    for (uint32_t next = show_only_child(c, at); next; next = show_only_child(c, last))
        last = next;
    for (uint32_t i = c->tree->nodes[last].first; i; i = c->tree->nodes[i].next)
        if (c->shown[i])
            return false;
    /* what is left out below the last one may be worth a line, which it gets only below a line of its own */
    show_sum_rest(c, last, false, &rest);
    return last != at && !c->options->all && !(rest.count && show_is_large(c, rest.ns));
}
