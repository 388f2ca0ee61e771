/* SPDX-License-Identifier: MIT */
/* Keeping a tree within its bounds: short leaves are folded into their starters, which keep the sums. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "export/tree_index.h"

/* One folding; the arrays are indexed by node. */
struct fold {
    struct tree *tree;
    uint32_t *parents;
    uint32_t *children; /* how many are left */
    uint32_t *places;   /* where in the ranking */
    bool *gone;
    uint32_t left;   /* nodes still there */
    uint32_t target; /* and how many there shall be */
};

/* Failed ones go last: they are what a reader looks for. */
static int64_t fold_order(const struct tree_node *node)
{
    int64_t dur = node->dur_ns == SPAN_NONE ? INT64_MAX / 2 : MIN(node->dur_ns, INT64_MAX / 2);
    return words_failed(&node->end) ? dur + INT64_MAX / 2 : dur;
}

/* By id, anew each time: rows come in any order, and a parent may not be there yet. Then it is the root for now. */
static int find_parents(struct fold *fold)
{
    struct tree *tree = fold->tree;
    auto_tree_index index;
    int err = tree_index_init(&index, tree, offsetof(struct tree_node, id));
    if (err)
        return err;
    for (uint32_t node = 1; node < tree->len; node++)
        tree_index_put(&index, node);
    for (uint32_t node = 1; node < tree->len; node++) {
        fold->parents[node] = tree_index_find(&index, tree->nodes[node].parent_id);
        fold->children[fold->parents[node]]++;
    }
    return 0;
}

/* Only sums stay, and how many failed, so that the parent's line can say what is below it. */
static void fold_into_parent(struct fold *fold, uint32_t gone)
{
    const struct tree_node *node = &fold->tree->nodes[gone];
    struct tree_node *parent = &fold->tree->nodes[fold->parents[gone]];
    parent->folded_count += node->folded_count + !node->is_task;
    parent->folded_failed += node->folded_failed + words_failed(&node->end);
    tree_add_up(&parent->folded_ns, node->dur_ns == SPAN_NONE ? 0 : node->dur_ns);
    tree_add_up(&parent->folded_us, node->folded_us);
    tree_add_up(&parent->folded_us, node->cpu_us);
    fold->children[fold->parents[gone]]--;
    fold->gone[gone] = true;
    fold->left--;
    fold->tree->folded_nodes++;
}

static bool can_fold(const struct fold *fold, uint32_t node, bool tasks_too)
{
    return node != TREE_ROOT && !fold->gone[node] && !fold->children[node] &&
           (tasks_too || !fold->tree->nodes[node].is_task);
}

/* Go over the nodes from the shortest to the longest. One whose turn came while it had children is folded
 * together with the last of them, so that nothing long goes while something short stays. */
static void fold_shortest(struct fold *fold, const struct tree_rank *ranks, bool tasks_too)
{
    for (uint32_t i = 0; i + 1 < fold->tree->len && fold->left > fold->target; i++) {
        uint32_t node = ranks[i].node;
        while (can_fold(fold, node, tasks_too) && fold->places[node] <= i) {
            fold_into_parent(fold, node);
            node = fold->parents[node];
        }
    }
}

/* Copy a string of the old text into the new one. */
static uint32_t move_text(struct buf *text, const struct tree *tree, uint32_t offset)
{
    if (!offset)
        return 0;
    uint32_t moved = (uint32_t)text->len;
    buf_add(text, tree_text(tree, offset), strlen(tree_text(tree, offset)) + 1);
    return moved;
}

/* Close the gaps among the nodes and in the text. The text is copied, too: otherwise it would keep every command line that
 * ever came by. */
static int compact(struct fold *fold)
{
    struct tree *tree = fold->tree;
    auto_buf text = BUF_EMPTY;
    uint32_t to = 1;
    buf_char(&text, '\0');
    for (uint32_t from = 1; from < tree->len; from++) {
        if (fold->gone[from])
            continue;
        struct tree_node node = tree->nodes[from];
        node.id = move_text(&text, tree, node.id);
        node.parent_id = move_text(&text, tree, node.parent_id);
        node.task = move_text(&text, tree, node.task);
        node.label = move_text(&text, tree, node.label);
        tree->nodes[to++] = node;
    }
    tree->len = to;
    struct buf old = tree->text;
    tree->text = text;
    text = old;
    return buf_error(&tree->text);
}

int tree_fold(struct tree *tree)
{
    struct fold fold = {.tree = tree, .left = tree->len, .target = tree->max / 2};
    auto_free uint32_t *parents = fold.parents = calloc(tree->len, sizeof *parents);
    auto_free uint32_t *children = fold.children = calloc(tree->len, sizeof *children);
    auto_free uint32_t *places = fold.places = calloc(tree->len, sizeof *places);
    auto_free bool *gone = fold.gone = calloc(tree->len, sizeof *gone);
    auto_free struct tree_rank *ranks = tree_ranked(tree, fold_order);
    if (!parents || !children || !places || !gone || !ranks)
        return -ENOMEM;
    int err = find_parents(&fold);
    if (err)
        return err;
    for (uint32_t i = 0; i + 1 < tree->len; i++)
        places[ranks[i].node] = i;
    fold_shortest(&fold, ranks, false);
    fold_shortest(&fold, ranks, true);
    /* only damaged rows, whose parents go in circles, leave nothing to fold */
    return fold.left > tree->max ? -EBADMSG : compact(&fold);
}
