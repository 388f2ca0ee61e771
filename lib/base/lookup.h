/* SPDX-License-Identifier: MIT */
/* Which entry of somebody's list has a name, in the same time however many there are, and whatever the names: they may come
 * from a job that picks them. Owns numbers only; the list and its names are the caller's. */
#ifndef BASE_LOOKUP_H
#define BASE_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

#include "sys/attr.h"

#define LOOKUP_NONE SIZE_MAX

/* The name of the entry `index` of the list that `ctx` leads to. */
typedef const char *(*lookup_name_fn)(const void *ctx, size_t index);

/* All zero is empty. */
struct lookup {
    uint32_t *slots; /* index + 1; 0 = free */
    size_t size;     /* a power of two, or 0 */
    size_t len;
};

/* The entry with that name, or LOOKUP_NONE. */
size_t lookup_find(const struct lookup *l, lookup_name_fn name_of, const void *ctx, const char *name);

/* Take in the entry `index`, which is in the list, has a name that none of the others has, and is below 2^32. 0 or -ENOMEM. */
must_check int lookup_add(struct lookup *l, lookup_name_fn name_of, const void *ctx, size_t index);

/* Free what it holds. */
void lookup_release(struct lookup *l);

#endif
