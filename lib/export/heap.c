/* SPDX-License-Identifier: MIT */
/* A binary heap in an array. */
#include "export/heap.h"

#include <errno.h>
#include <stdlib.h>

static void swap(struct heap_entry *a, struct heap_entry *b)
{
    struct heap_entry kept = *a;
    *a = *b;
    *b = kept;
}

int heap_push(struct heap *heap, int64_t key, uint32_t value)
{
    if (heap->len == heap->cap) {
        size_t cap = heap->cap ? heap->cap * 2 : 64;
        struct heap_entry *entries = realloc(heap->entries, cap * sizeof *entries);
        if (!entries)
            return -ENOMEM;
        heap->entries = entries;
        heap->cap = cap;
    }
    size_t at = heap->len++;
    heap->entries[at] = (struct heap_entry){key, value};
    for (; at && heap->entries[at].key < heap->entries[(at - 1) / 2].key; at = (at - 1) / 2)
        swap(&heap->entries[at], &heap->entries[(at - 1) / 2]);
    return 0;
}

struct heap_entry heap_pop(struct heap *heap)
{
    struct heap_entry top = heap->entries[0];
    heap->entries[0] = heap->entries[--heap->len];
    for (size_t at = 0;;) {
        size_t child = at * 2 + 1;
        if (child + 1 < heap->len && heap->entries[child + 1].key < heap->entries[child].key)
            child++;
        if (child >= heap->len || heap->entries[at].key <= heap->entries[child].key)
            return top;
        swap(&heap->entries[at], &heap->entries[child]);
        at = child;
    }
}

void heap_release(struct heap *heap)
{
    free(heap->entries);
    *heap = (struct heap){0};
}
