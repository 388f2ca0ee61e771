/* SPDX-License-Identifier: MIT */
/* Open addressing, at most half full. */
#include "base/lookup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_LEAST 64

/* FNV-1a, seeded with the table's address: collisions differ from process to process, so names can't be chosen to collide. */
static uint64_t hash_of(const uint32_t *slots, const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ (uintptr_t)slots;
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 32;
}

/* The slot of the name, or the free slot where it would be inserted. */
static uint32_t *slot_of(const struct lookup *l, lookup_name_fn name_of, const void *ctx, const char *name)
{
    for (uint64_t at = hash_of(l->slots, name);; at++) {
        uint32_t *slot = &l->slots[at & (l->size - 1)];
        if (!*slot || !strcmp(name_of(ctx, *slot - 1), name))
            return slot;
    }
}

size_t lookup_find(const struct lookup *l, lookup_name_fn name_of, const void *ctx, const char *name)
{
    uint32_t index = l->size ? *slot_of(l, name_of, ctx, name) : 0;
    return index ? index - 1 : LOOKUP_NONE;
}

static int grow(struct lookup *l, lookup_name_fn name_of, const void *ctx)
{
    struct lookup more = {.size = l->size ? l->size * 2 : SIZE_LEAST, .len = l->len};
    more.slots = calloc(more.size, sizeof *more.slots);
    if (!more.slots)
        return -ENOMEM;
    for (size_t i = 0; i < l->size; i++)
        if (l->slots[i])
            *slot_of(&more, name_of, ctx, name_of(ctx, l->slots[i] - 1)) = l->slots[i];
    free(l->slots);
    *l = more;
    return 0;
}

int lookup_add(struct lookup *l, lookup_name_fn name_of, const void *ctx, size_t index)
{
    int err = l->len * 2 >= l->size ? grow(l, name_of, ctx) : 0;
    if (err)
        return err;
    *slot_of(l, name_of, ctx, name_of(ctx, index)) = (uint32_t)index + 1;
    l->len++;
    return 0;
}

void lookup_release(struct lookup *l)
{
    free(l->slots);
    *l = (struct lookup){0};
}
