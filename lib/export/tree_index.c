/* SPDX-License-Identifier: MIT */
/* Span id -> node, by hashing. Owns its slots. */
#include "export/tree_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a: ids are short and differ in their last digits. */
static uint32_t hash_of(const char *text)
{
    uint32_t hash = 2166136261u;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash ^ hash >> 15;
}

/* The offset of the string that the node is found by. */
static uint32_t string_of(const struct tree_index *index, uint32_t node)
{
    const char *base = (const char *)&index->tree->nodes[node];
    return *(const uint32_t *)(const void *)(base + index->member);
}

/* The slot that holds the string, or the free one where it would go. */
static uint32_t *slot_of(const struct tree_index *index, const char *text)
{
    for (uint32_t i = hash_of(text);; i++) {
        uint32_t *slot = &index->slots[i & index->mask];
        if (!*slot || !strcmp(tree_text(index->tree, string_of(index, *slot)), text))
            return slot;
    }
}

int tree_index_init(struct tree_index *index, const struct tree *tree, size_t member)
{
    uint32_t size = 16;
    while (size < tree->len * 2)
        size *= 2;
    *index = (struct tree_index){.tree = tree, .member = member, .mask = size - 1};
    index->slots = calloc(size, sizeof *index->slots);
    return index->slots ? 0 : -ENOMEM;
}

uint32_t tree_index_put(struct tree_index *index, uint32_t node)
{
    uint32_t *slot = slot_of(index, tree_text(index->tree, string_of(index, node))), before = *slot;
    *slot = node;
    return before;
}

uint32_t tree_index_find(const struct tree_index *index, uint32_t offset)
{
    return offset ? *slot_of(index, tree_text(index->tree, offset)) : TREE_ROOT;
}

void tree_index_release(struct tree_index *index)
{
    free(index->slots);
    index->slots = NULL;
}

static int compare_ranks(const void *a, const void *b)
{
    const struct tree_rank *left = a, *right = b;
    if (left->key != right->key)
        return left->key < right->key ? -1 : 1;
    return left->node < right->node ? -1 : 1;
}

struct tree_rank *tree_ranked(const struct tree *tree, int64_t (*key)(const struct tree_node *))
{
    struct tree_rank *ranks = calloc(tree->len, sizeof *ranks);
    if (!ranks)
        return NULL;
    for (uint32_t node = 1; node < tree->len; node++)
        ranks[node - 1] = (struct tree_rank){key(&tree->nodes[node]), node};
    qsort(ranks, tree->len - 1, sizeof *ranks, compare_ranks);
    return ranks;
}
