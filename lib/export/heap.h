/* SPDX-License-Identifier: MIT */
/* A heap of numbers by a key, the least one on top. */
#ifndef EXPORT_HEAP_H
#define EXPORT_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "sys/attr.h"

struct heap_entry {
    int64_t key;
    uint32_t value;
};

struct heap {
    struct heap_entry *entries; /* entries[0] is the least */
    size_t len, cap;
};

/* Put one in. 0 or -ENOMEM. */
must_check int heap_push(struct heap *heap, int64_t key, uint32_t value);

/* Take the least one out; the heap must not be empty. */
struct heap_entry heap_pop(struct heap *heap);

/* Free the heap and make it empty. */
void heap_release(struct heap *heap);

#endif
