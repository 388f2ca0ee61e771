/* SPDX-License-Identifier: MIT */
/* Two sorted arrays, 8 bytes a process and 8 a block of cells: so that a million processes fit. */
#include "model/lineage.h"

#include <errno.h>
#include <stdlib.h>

#include "model/list.h"

#define DEPTH_MAX 100000 /* more links than this between a process and an ancestor are a loop in a damaged spool */

/* References end below these: 64 GiB of spool. */
#define IS_CHILD (UINT32_C(1) << 31)
#define IS_PARENT (UINT32_C(1) << 30)
#define FLAGS (IS_CHILD | IS_PARENT)

void lineage_release(struct lineage *l)
{
    free(l->links);
    free(l->blocks);
    *l = (struct lineage){0};
}

int lineage_add(struct lineage *l, uint32_t ref, uint32_t up, bool is_child)
{
    int err = list_grow(&l->links, l->links_len, &l->links_cap, sizeof *l->links);
    if (!err)
        l->links[l->links_len++] = (struct lineage_link){ref, (up & ~FLAGS) | (is_child ? IS_CHILD : 0)};
    return err;
}

int lineage_add_block(struct lineage *l, uint32_t owner, uint32_t ref)
{
    int err = list_grow(&l->blocks, l->blocks_len, &l->blocks_cap, sizeof *l->blocks);
    if (!err)
        l->blocks[l->blocks_len++] = (struct lineage_block){owner, ref};
    return err;
}

static int block_order(const void *a, const void *b)
{
    const struct lineage_block *x = a, *y = b;
    if (x->owner != y->owner)
        return x->owner < y->owner ? -1 : 1;
    return (x->ref > y->ref) - (x->ref < y->ref);
}

void lineage_complete(struct lineage *l)
{
    if (l->blocks_len)
        qsort(l->blocks, l->blocks_len, sizeof *l->blocks, block_order);
    for (size_t i = 0; i < l->links_len; i++)
        if (l->links[i].up & IS_CHILD)
            lineage_mark_parent(l, l->links[i].up & ~FLAGS);
}

static struct lineage_link *lineage_find(const struct lineage *l, uint32_t ref)
{
    size_t low = 0, high = l->links_len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (l->links[middle].ref < ref)
            low = middle + 1;
        else
            high = middle;
    }
    return low < l->links_len && l->links[low].ref == ref ? &l->links[low] : NULL;
}

uint32_t lineage_up(const struct lineage *l, uint32_t ref)
{
    const struct lineage_link *link = lineage_find(l, ref);
    return link ? link->up & ~FLAGS : 0;
}

void lineage_set_up(struct lineage *l, uint32_t ref, uint32_t up)
{
    struct lineage_link *link = lineage_find(l, ref);
    if (link)
        link->up = (link->up & FLAGS) | (up & ~FLAGS);
}

bool lineage_is_within(const struct lineage *l, uint32_t ref, uint32_t ancestor)
{
    for (int depth = 0; ref && depth < DEPTH_MAX; depth++) {
        if (ref == ancestor)
            return true;
        ref = lineage_up(l, ref);
    }
    return false;
}

void lineage_mark_parent(struct lineage *l, uint32_t ref)
{
    struct lineage_link *link = lineage_find(l, ref);
    if (link)
        link->up |= IS_PARENT;
}

const struct lineage_block *lineage_blocks(const struct lineage *l, uint32_t ref, size_t *len)
{
    size_t low = 0, high = l->blocks_len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (l->blocks[middle].owner < ref)
            low = middle + 1;
        else
            high = middle;
    }
    for (high = low; high < l->blocks_len && l->blocks[high].owner == ref; high++)
        ;
    *len = high - low;
    return *len ? l->blocks + low : NULL;
}

bool lineage_is_parent(const struct lineage *l, uint32_t ref)
{
    const struct lineage_link *link = lineage_find(l, ref);
    size_t blocks;
    lineage_blocks(l, ref, &blocks);
    return blocks || (link && link->up & IS_PARENT);
}
