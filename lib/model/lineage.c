/* SPDX-License-Identifier: MIT */
/* Sorted arrays, 8 bytes a process and 8 a block of cells: so that a million processes fit. Links are known by their index
 * inside of this file; the index behind the last one stands for nobody. */
#include "model/lineage.h"

#include <errno.h>
#include <stdlib.h>

#include "base/own.h"
#include "model/list.h"

/* References end below these: 64 GiB of spool. */
#define IS_CHILD (UINT32_C(1) << 31)
#define IS_PARENT (UINT32_C(1) << 30)
#define FLAGS (IS_CHILD | IS_PARENT)

void lineage_release(struct lineage *l)
{
    free(l->links);
    free(l->blocks);
    free(l->tops.to);
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

/* Whoever was made by one that is not in is made by nobody known. */
static void forget_lost(struct lineage *l)
{
    for (size_t i = 0; i < l->links_len; i++)
        if (!lineage_known(l, l->links[i].ref & ~FLAGS))
            l->links[i].ref = 0;
}

uint32_t lineage_index(const struct lineage *l, uint32_t ref)
{
    const struct lineage_pair *link = ref ? lineage_find(l, ref) : NULL;
    return (uint32_t)(link ? (size_t)(link - l->links) : l->links_len);
}

static uint32_t index_up(const struct lineage *l, uint32_t i)
{
    return lineage_index(l, l->links[i].ref & ~FLAGS);
}

int lineage_skips_init(struct lineage_skips *s, const struct lineage *l)
{
    s->to = malloc((l->links_len + 1) * sizeof *s->to);
    if (!s->to)
        return -ENOMEM;
    for (size_t i = 0; i <= l->links_len; i++)
        s->to[i] = (uint32_t)i;
    return 0;
}

/* Each step halves the way for the next one who comes. */
static uint32_t skip_from(const struct lineage_skips *s, uint32_t i)
{
    while (s->to[i] != i) {
        s->to[i] = s->to[s->to[i]];
        i = s->to[i];
    }
    return i;
}

uint32_t lineage_skips_next(const struct lineage_skips *s, const struct lineage *l, uint32_t ref)
{
    uint32_t i = skip_from(s, lineage_index(l, ref));
    return i < l->links_len ? l->links[i].of : 0;
}

void lineage_skips_pass(const struct lineage_skips *s, const struct lineage *l, uint32_t ref)
{
    uint32_t i = lineage_index(l, ref);
    if (i < l->links_len)
        s->to[i] = index_up(l, i);
}

static bool lead(const struct lineage_skips *s, const struct lineage *l, uint32_t i, uint32_t up)
{
    if (i == l->links_len || up == l->links_len)
        return true;
    if (skip_from(s, up) == i)
        return false;
    s->to[i] = up;
    return true;
}

bool lineage_skips_lead(const struct lineage_skips *s, const struct lineage *l, uint32_t ref, uint32_t up)
{
    return lead(s, l, lineage_index(l, ref), lineage_index(l, up));
}

/* The one place where a link comes to count: so far it is the first of its line. */
static void join(struct lineage *l, uint32_t i)
{
    if (lead(&l->tops, l, i, index_up(l, i)))
        return;
    l->links[i].ref &= IS_PARENT;
    l->cut++;
}

/* Parents are marked only now: a child's record may lie before its parent's. The last link of a circle to be joined is the one
 * that is cut, so the earliest record comes last: it is the likeliest to be at the top. */
int lineage_complete(struct lineage *l, bool may_be_lost)
{
    if (may_be_lost)
        forget_lost(l);
    if (l->blocks_len)
        qsort(l->blocks, l->blocks_len, sizeof *l->blocks, pair_order);
    int err = lineage_skips_init(&l->tops, l);
    if (err)
        return err;
    for (size_t i = l->links_len; i-- > 0;)
        join(l, (uint32_t)i);
    for (size_t i = 0; i < l->links_len; i++)
        if (l->links[i].ref & IS_CHILD)
            lineage_mark_parent(l, l->links[i].ref & ~FLAGS);
    return 0;
}

uint32_t lineage_up(const struct lineage *l, uint32_t ref)
{
    const struct lineage_pair *link = lineage_find(l, ref);
    return link ? link->ref & ~FLAGS : 0;
}

void lineage_set_up(struct lineage *l, uint32_t ref, uint32_t up)
{
    struct lineage_pair *link = lineage_find(l, ref);
    if (!link || link->ref & ~FLAGS)
        return;
    link->ref |= up & ~FLAGS;
    join(l, (uint32_t)(link - l->links));
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

bool lineage_is_parent(const struct lineage *l, uint32_t ref)
{
    const struct lineage_pair *link = lineage_find(l, ref);
    size_t blocks;
    lineage_blocks(l, ref, &blocks);
    return blocks || (link && link->ref & IS_PARENT);
}
