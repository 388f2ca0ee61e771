/* SPDX-License-Identifier: MIT */
/* One hash for the tables of this folder. */
#ifndef EXPORT_HASH_H
#define EXPORT_HASH_H

#include <stddef.h>
#include <stdint.h>

/* FNV-1a, its high bits mixed into the low ones, which tables go by. */
static inline uint64_t hash_bytes(const void *bytes, size_t len)
{
    const unsigned char *s = bytes;
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ s[i]) * UINT64_C(1099511628211);
    return hash ^ hash >> 32;
}

#endif
