/* SPDX-License-Identifier: MIT */
/* A hash table that finds entries of the caller's list by name, in constant time even for names chosen by an attacker. It stores
 * indices only; the list and its names are the caller's. */
#ifndef BASE_LOOKUP_H
#define BASE_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

#include "sys/attr.h"

#define LOOKUP_NONE SIZE_MAX

/* Returns the name of the entry `index` in the caller's list. */
typedef const char *(*lookup_name_fn)(const void *ctx, size_t index);

/* All zero is empty. */
struct lookup {
    uint32_t *slots; /* index + 1; 0 = free */
    size_t size;     /* a power of two, or 0 */
    size_t len;
};

/* The index of the entry with that name, or LOOKUP_NONE. */
size_t lookup_find(const struct lookup *l, lookup_name_fn name_of, const void *ctx, const char *name);

/* Add the entry `index` (below 2^32), which must be in the list already and have a new name. 0 or -ENOMEM. */
must_check int lookup_add(struct lookup *l, lookup_name_fn name_of, const void *ctx, size_t index);

/* Free what *l holds. */
void lookup_release(struct lookup *l);

#endif
