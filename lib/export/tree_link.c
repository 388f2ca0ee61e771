/* SPDX-License-Identifier: MIT */
/* Tying a tree's nodes together: who started whom, and which task groups which processes. */
#include <errno.h>
#include <stdlib.h>

#include "base/own.h"
#include "export/tree_index.h"

/* Tasks nested deeper than this do not group; it is also what bounds a damaged chain of tasks. */
#define NESTED_MAX 32

/* Earlier tasks of a name that are looked at for the one that a process belongs to. */
#define NAMESAKES_MAX 32

static int64_t start_order(const struct tree_node *node)
{
    return node->start_ns;
}

static int find_makers(struct tree *tree)
{
    auto_tree_index by_id;
    int err = tree_index_init(&by_id, tree, offsetof(struct tree_node, id));
    if (err)
        return err;
    for (uint32_t i = 1; i < tree->len; i++)
        tree_index_put(&by_id, i);
    for (uint32_t i = 1; i < tree->len; i++)
        tree->nodes[i].maker = tree_index_find(&by_id, tree->nodes[i].parent_id);
    return 0;
}

/* Rows name the innermost task only, and names repeat: meant is the last one begun that was still open. */
static uint32_t open_task(const struct tree *tree, uint32_t last, int64_t at_ns)
{
    uint32_t task = last;
    for (int i = 0; task && i < NAMESAKES_MAX; i++, task = tree->nodes[task].group)
        if (tree_end(&tree->nodes[task]) > at_ns)
            return task;
    return last;
}

/* Find each process's task. Goes by time, so that the index holds the last task of each name begun so far. */
static int find_groups(struct tree *tree, const struct tree_rank *ranks)
{
    auto_tree_index by_name;
    int err = tree_index_init(&by_name, tree, offsetof(struct tree_node, label));
    if (err)
        return err;
    for (uint32_t i = 0; i + 1 < tree->len; i++) {
        struct tree_node *node = &tree->nodes[ranks[i].node];
        if (node->is_task)
            node->group = tree_index_put(&by_name, ranks[i].node);
        else
            node->group = open_task(tree, tree_index_find(&by_name, node->task), node->start_ns);
    }
    return 0;
}

/* The tasks from `inner` outwards up to, and without, `outer`. Returns how many, at most NESTED_MAX. */
static int tasks_between(const struct tree *tree, uint32_t inner, uint32_t outer, uint32_t chain[NESTED_MAX])
{
    int len = 0;
    for (uint32_t task = inner; task != outer && tree->nodes[task].is_task && len < NESTED_MAX;
         task = tree->nodes[task].maker)
        chain[len++] = task;
    return len;
}

/* A process that belongs to other tasks than its starter opens a heading below the starter for each of them;
 * the first process of a task decides where its heading is. Later ones with another starter stay below that
 * starter. */
static void place_process(struct tree *tree, uint32_t at)
{
    struct tree_node *node = &tree->nodes[at];
    uint32_t chain[NESTED_MAX], above = node->maker;
    int len = tasks_between(tree, node->group, tree->nodes[node->maker].group, chain);
    node->parent = node->maker;
    for (int i = len - 1; i >= 0; i--) {
        struct tree_node *task = &tree->nodes[chain[i]];
        if (task->placed && task->host != node->maker)
            return;
        if (!task->placed)
            task->parent = above;
        task->placed = true;
        task->host = node->maker;
        above = chain[i];
    }
    node->parent = above;
}

/* Hang the children below their parents, in the order of their starts. */
static void tie_children(struct tree *tree, const struct tree_rank *ranks)
{
    for (uint32_t i = tree->len - 1; i-- > 0;) {
        struct tree_node *node = &tree->nodes[ranks[i].node], *parent = &tree->nodes[node->parent];
        node->next = parent->first;
        parent->first = ranks[i].node;
    }
}

static void place_all(struct tree *tree, const struct tree_rank *ranks)
{
    for (uint32_t i = 0; i + 1 < tree->len; i++)
        if (!tree->nodes[ranks[i].node].is_task)
            place_process(tree, ranks[i].node);
    /* a task without processes stands below the enclosing one */
    for (uint32_t i = 1; i < tree->len; i++)
        if (tree->nodes[i].is_task && !tree->nodes[i].placed)
            tree->nodes[i].parent = tree->nodes[i].maker;
}

int tree_link(struct tree *tree)
{
    auto_free struct tree_rank *ranks = tree_ranked(tree, start_order);
    int err = ranks ? find_makers(tree) : -ENOMEM;
    if (!err)
        err = find_groups(tree, ranks);
    if (err)
        return err;
    place_all(tree, ranks);
    tie_children(tree, ranks);
    return tree_sum(tree);
}
