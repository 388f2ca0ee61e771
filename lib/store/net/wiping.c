/* SPDX-License-Identifier: MIT */
/* Overwrites blocks of the C library's heap before they are freed. */
#include "store/net/wiping.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

void wiping_free(void *block)
{
    if (block)
        explicit_bzero(block, malloc_usable_size(block));
    free(block);
}

void *wiping_realloc(void *block, size_t size)
{
    size_t had = block ? malloc_usable_size(block) : 0;
    void *moved = malloc(size ? size : 1);
    if (!moved)
        return NULL;
    if (block)
        memcpy(moved, block, MIN(had, size));
    wiping_free(block);
    return moved;
}
