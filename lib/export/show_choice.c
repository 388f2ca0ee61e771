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
    return ns >= c->run_ns / SMALL_SHARE;
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

static bool deserves(const struct show_choice *c, const struct tree_node *node)
{
    return c->options->all || node->matters || node->is_task || node->dur_ns == SPAN_NONE ||
           show_is_large(c, node->dur_ns);
}

/* What a child needs to be among the SIBLINGS_MAX of its parent. */
struct bar {
    int64_t least; /* weight */
    int ties;      /* how many of just that weight have room */
};

/* Find the bar for a parent's children; `weights` has room for all of them. */
static struct bar find_bar(const struct show_choice *c, uint32_t parent, int64_t *weights)
{
    size_t len = 0;
    for (uint32_t child = c->tree->nodes[parent].first; child; child = c->tree->nodes[child].next)
        if (deserves(c, &c->tree->nodes[child]))
            weights[len++] = weight(&c->tree->nodes[child]);
    if (len <= SIBLINGS_MAX || c->options->all)
        return (struct bar){.least = -1};
    qsort(weights, len, sizeof *weights, compare_weights);
    struct bar bar = {.least = weights[SIBLINGS_MAX - 1]};
    for (int i = SIBLINGS_MAX - 1; i >= 0 && weights[i] == bar.least; i--)
        bar.ties++;
    return bar;
}

static void choose_children(const struct show_choice *c, uint32_t parent, int64_t *weights)
{
    struct bar bar = find_bar(c, parent, weights);
    for (uint32_t child = c->tree->nodes[parent].first; child; child = c->tree->nodes[child].next) {
        const struct tree_node *node = &c->tree->nodes[child];
        int64_t mine = weight(node);
        /* among equals the earlier ones: that is as good a choice as any, and the same one every time */
        c->shown[child] = deserves(c, node) && (mine > bar.least || (mine == bar.least && bar.ties-- > 0));
    }
}

int show_choose(struct show_choice *c)
{
    auto_free int64_t *weights = calloc(c->tree->len, sizeof *weights);
    c->shown = calloc(c->tree->len, sizeof *c->shown);
    if (!weights || !c->shown)
        return -ENOMEM;
    for (uint32_t i = 0; i < c->tree->len; i++)
        choose_children(c, i, weights);
    return 0;
}

void show_choice_release(struct show_choice *c)
{
    free(c->shown);
    c->shown = NULL;
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
        if (c->shown[i] && only)
            return 0;
        only = c->shown[i] ? i : only;
    }
    const struct tree_node *node = &c->tree->nodes[at], *child = &c->tree->nodes[only];
    /* nine tenths, give or take the rounding; a division can't overflow where a product can */
    bool passed_on =
        !node->is_task && !child->is_task && !node->matters && child->dur_ns / 9 >= node->dur_ns / 10;
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
