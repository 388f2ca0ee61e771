/* SPDX-License-Identifier: MIT */
/* Two sorted arrays, 8 bytes a process and 8 a block of cells: so that a million processes fit. */
#include "model/lineage.h"

#include <errno.h>
#include <stdlib.h>

#include "model/list.h"

/* References end below these: 64 GiB of spool. */
#define IS_CHILD (UINT32_C(1) << 31)
#define IS_PARENT (UINT32_C(1) << 30)
#define FLAGS (IS_CHILD | IS_PARENT)

void lineage_release(struct lineage *l)
{
    free(l->links);
    free(l->blocks);
    free(l->children);
    *l = (struct lineage){0};
}

/* Called in the order of the spool, so that the links come sorted and need no sorting. */
int lineage_add(struct lineage *l, uint32_t ref, uint32_t up, bool is_child)
{
    int err = list_grow(&l->links, l->links_len, &l->links_cap, sizeof *l->links);
    if (!err)
        l->links[l->links_len++] = (struct lineage_pair){ref, (up & ~FLAGS) | (is_child ? IS_CHILD : 0)};
    return err;
}

int lineage_add_block(struct lineage *l, uint32_t owner, uint32_t ref)
{
    int err = list_grow(&l->blocks, l->blocks_len, &l->blocks_cap, sizeof *l->blocks);
    if (!err)
        l->blocks[l->blocks_len++] = (struct lineage_pair){owner, ref};
    return err;
}

/* By both members: qsort() keeps no order among equals, and rows must come out the same each time. */
static int pair_order(const void *a, const void *b)
{
    const struct lineage_pair *x = a, *y = b;
    if (x->of != y->of)
        return x->of < y->of ? -1 : 1;
    return (x->ref > y->ref) - (x->ref < y->ref);
}

/* The pairs of `of` among sorted ones, and how many. */
static struct lineage_pair *pairs_of(struct lineage_pair *list, size_t len, uint32_t of, size_t *found)
{
    size_t low = 0, high = len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list[middle].of < of)
            low = middle + 1;
        else
            high = middle;
    }
    while (high < len && list[high].of == of)
        high++;
    *found = high - low;
    return *found ? list + low : NULL;
}

static struct lineage_pair *lineage_find(const struct lineage *l, uint32_t ref)
{
    size_t found;
    struct lineage_pair *link = pairs_of(l->links, l->links_len, ref, &found);
    return found ? link : NULL;
}

/* The reference itself, or 0 for one that leads nowhere. */
uint32_t lineage_known(const struct lineage *l, uint32_t ref)
{
    return lineage_find(l, ref) ? ref : 0;
}

void lineage_forget_lost(struct lineage *l)
{
    for (size_t i = 0; i < l->links_len; i++)
        if (!lineage_known(l, l->links[i].ref & ~FLAGS))
            l->links[i].ref = 0;
}

/* Parents are marked only now: a child's record may lie before its parent's. */
void lineage_complete(struct lineage *l)
{
    if (l->blocks_len)
        qsort(l->blocks, l->blocks_len, sizeof *l->blocks, pair_order);
    for (size_t i = 0; i < l->links_len; i++)
        if (l->links[i].ref & IS_CHILD)
            lineage_mark_parent(l, l->links[i].ref & ~FLAGS);
}

uint32_t lineage_up(const struct lineage *l, uint32_t ref)
{
    const struct lineage_pair *link = lineage_find(l, ref);
    return link ? link->ref & ~FLAGS : 0;
}

void lineage_set_up(struct lineage *l, uint32_t ref, uint32_t up)
{
    struct lineage_pair *link = lineage_find(l, ref);
    if (link)
        link->ref = (link->ref & FLAGS) | (up & ~FLAGS);
}

bool lineage_is_within(const struct lineage *l, uint32_t ref, uint32_t ancestor)
{
    for (int depth = 0; ref && depth < LINEAGE_DEPTH_MAX; depth++) {
        if (ref == ancestor)
            return true;
        ref = lineage_up(l, ref);
    }
    return false;
}

void lineage_mark_parent(struct lineage *l, uint32_t ref)
{
    struct lineage_pair *link = lineage_find(l, ref);
    if (link)
        link->ref |= IS_PARENT;
}

const struct lineage_pair *lineage_blocks(const struct lineage *l, uint32_t ref, size_t *len)
{
    return pairs_of(l->blocks, l->blocks_len, ref, len);
}

int lineage_find_children(struct lineage *l)
{
    if (!l->links_len)
        return 0;
    l->children = calloc(l->links_len, sizeof *l->children);
    if (!l->children)
        return -ENOMEM;
    for (size_t i = 0; i < l->links_len; i++)
        l->children[i] = (struct lineage_pair){l->links[i].ref & ~FLAGS, l->links[i].of};
    qsort(l->children, l->links_len, sizeof *l->children, pair_order);
    return 0;
}

const struct lineage_pair *lineage_children(const struct lineage *l, uint32_t ref, size_t *len)
{
    return pairs_of(l->children, l->children ? l->links_len : 0, ref, len);
}

bool lineage_is_parent(const struct lineage *l, uint32_t ref)
{
    const struct lineage_pair *link = lineage_find(l, ref);
    size_t blocks;
    lineage_blocks(l, ref, &blocks);
    return blocks || (link && link->ref & IS_PARENT);
}
