/* SPDX-License-Identifier: MIT */
/* What the tree_*.c files share: finding nodes by a string they have, putting them in an order, adding them
 * up. */
#ifndef EXPORT_TREE_INDEX_H
#define EXPORT_TREE_INDEX_H

#include "export/tree.h"

/* A node and what it is sorted by. */
struct tree_rank {
    int64_t key;
    uint32_t node;
};

struct tree_index {
    const struct tree *tree;
    size_t member;   /* offset in struct tree_node of the string that is looked up */
    uint32_t *slots; /* open addressing; 0 = free */
    uint32_t mask;
};

/* Make an empty index over the id or the label of nodes: `member` is its offset in struct tree_node. 0 or
 * -ENOMEM; to be released in both cases. The tree's strings must not change meanwhile. */
must_check int tree_index_init(struct tree_index *index, const struct tree *tree, size_t member);

/* Put a node in, in place of an earlier one with the same string. Returns that one, or TREE_ROOT. */
uint32_t tree_index_put(struct tree_index *index, uint32_t node);

/* The node whose string equals the one at `offset` of the tree's text, or TREE_ROOT. */
uint32_t tree_index_find(const struct tree_index *index, uint32_t offset);

/* Free the index. */
void tree_index_release(struct tree_index *index);

/* All nodes but the root by rising key; equal keys stay in the order of the rows. A heap array of len - 1
 * entries, which is the caller's, or NULL when out of memory. */
must_check struct tree_rank *tree_ranked(const struct tree *tree, int64_t (*key)(const struct tree_node *));

/* Add a linked tree up: totals, counts, failures. 0 or -ENOMEM. */
must_check int tree_sum(struct tree *tree);

#define auto_tree_index __attribute__((cleanup(tree_index_release))) struct tree_index

#endif
