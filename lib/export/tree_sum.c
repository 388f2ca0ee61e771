/* SPDX-License-Identifier: MIT */
/* Adding a linked tree up, from the leaves to the root: CPU, counts, failures. */
#include <errno.h>
#include <stdlib.h>

#include "base/own.h"
#include "export/tree_index.h"

int64_t tree_end(const struct tree_node *node)
{
    int64_t end;
    if (node->dur_ns == SPAN_NONE || __builtin_add_overflow(node->start_ns, node->dur_ns, &end))
        return INT64_MAX;
    return end;
}

/* A failure that did not go on to the run, or to a task that failed, is everyday business: `grep -q`, the probes of a configure.
 * For nodes each behind its starter. */
static bool matters(const struct tree *tree, const struct tree_node *node)
{
    const struct tree_node *maker = &tree->nodes[node->maker], *parent = &tree->nodes[node->parent];
    if (!words_failed(&node->end))
        return false;
    return node->is_task || node->maker == TREE_ROOT || maker->matters ||
           (parent->is_task && words_failed(&parent->end));
}

static void start_sums(struct tree_node *node)
{
    bool failed = words_failed(&node->end);
    node->total_us = node->cpu_us;
    tree_add_up(&node->total_us, node->folded_us);
    node->count = !node->is_task + node->folded_count;
    node->failed = failed + node->folded_failed;
    node->matters = false;
}

/* The nodes below the root with each parent before its children. Returns how many: damaged rows may hold
 * circles, which nothing leads to. */
static uint32_t walk_down(const struct tree *tree, uint32_t *order)
{
    uint32_t len = 1;
    order[0] = TREE_ROOT;
    for (uint32_t i = 0; i < len; i++)
        for (uint32_t child = tree->nodes[order[i]].first; child; child = tree->nodes[child].next)
            order[len++] = child;
    return len;
}

int tree_sum(struct tree *tree)
{
    auto_free uint32_t *order = calloc(tree->len, sizeof *order);
    if (!order)
        return -ENOMEM;
    for (uint32_t i = 1; i < tree->len; i++)
        start_sums(&tree->nodes[i]);
    struct tree_node *root = &tree->nodes[TREE_ROOT];
    root->count = root->folded_count;
    root->total_us = root->folded_us;
    root->failed = root->folded_failed;
    uint32_t len = walk_down(tree, order);
    tree->lost = tree->len - len;
    for (uint32_t i = 1; i < len; i++)
        tree->nodes[order[i]].matters = matters(tree, &tree->nodes[order[i]]);
    for (uint32_t i = len - 1; i > 0; i--) {
        const struct tree_node *node = &tree->nodes[order[i]];
        struct tree_node *parent = &tree->nodes[node->parent];
        tree_add_up(&parent->total_us, node->total_us);
        parent->count += node->count;
        parent->failed += node->failed;
        parent->matters |= node->matters;
    }
    return 0;
}
