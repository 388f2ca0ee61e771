/* SPDX-License-Identifier: MIT */
/* A sorted array of links and a hash of parents; 8 bytes a process and 32 a parent, so that a million processes fit. */
#include "model/lineage.h"

#include <errno.h>
#include <stdlib.h>

#define DEPTH_MAX 100000 /* more links than this between a process and an ancestor are a loop in a damaged spool */

void lineage_release(struct lineage *l)
{
    free(l->links);
    free(l->parents);
    *l = (struct lineage){0};
}

int lineage_add(struct lineage *l, uint32_t ref, uint32_t up)
{
    if (l->links_len == l->links_cap) {
        size_t cap = l->links_cap ? l->links_cap + l->links_cap / 2 : 256;
        struct lineage_link *links = realloc(l->links, cap * sizeof *links);
        if (!links)
            return -ENOMEM;
        l->links = links;
        l->links_cap = cap;
    }
    l->links[l->links_len++] = (struct lineage_link){ref, up};
    return 0;
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
    return link ? link->up : 0;
}

void lineage_set_up(struct lineage *l, uint32_t ref, uint32_t up)
{
    struct lineage_link *link = lineage_find(l, ref);
    if (link)
        link->up = up;
}

int lineage_is_within(const struct lineage *l, uint32_t ref, uint32_t ancestor)
{
    for (int depth = 0; ref && depth < DEPTH_MAX; depth++) {
        if (ref == ancestor)
            return 1;
        ref = lineage_up(l, ref);
    }
    return 0;
}

static size_t parent_slot(const struct lineage *l, uint32_t ref)
{
    size_t at = ref * UINT32_C(2654435761) & (l->parents_cap - 1);
    while (l->parents[at].ref && l->parents[at].ref != ref)
        at = (at + 1) & (l->parents_cap - 1);
    return at;
}

static int parents_grow(struct lineage *l)
{
    struct lineage old = *l;
    size_t cap = old.parents_cap ? old.parents_cap * 2 : 256;
    struct lineage_parent *fresh = calloc(cap, sizeof *fresh);
    if (!fresh)
        return -ENOMEM;
    l->parents = fresh;
    l->parents_cap = cap;
    for (size_t i = 0; i < old.parents_cap; i++)
        if (old.parents[i].ref)
            l->parents[parent_slot(l, old.parents[i].ref)] = old.parents[i];
    free(old.parents);
    return 0;
}

struct lineage_parent *lineage_parent_make(struct lineage *l, uint32_t ref)
{
    if (!ref || ((l->parents_len + 1) * 4 > l->parents_cap * 3 && parents_grow(l)))
        return NULL;
    struct lineage_parent *parent = &l->parents[parent_slot(l, ref)];
    if (!parent->ref) {
        *parent = (struct lineage_parent){.ref = ref, .last_ns = INT64_MIN};
        l->parents_len++;
    }
    return parent;
}

const struct lineage_parent *lineage_parent_find(const struct lineage *l, uint32_t ref)
{
    if (!ref || !l->parents_cap)
        return NULL;
    const struct lineage_parent *parent = &l->parents[parent_slot(l, ref)];
    return parent->ref ? parent : NULL;
}
