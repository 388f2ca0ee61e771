/* SPDX-License-Identifier: MIT */
/* An allocator for libraries that copy secrets: memory is overwritten before it is freed. */
#ifndef STORE_NET_WIPING_H
#define STORE_NET_WIPING_H

#include <stddef.h>

#include "sys/attr.h"

/* As free(), after overwriting the block. The block may come from malloc(), calloc() or strdup() as well. */
void wiping_free(void *block);

/* As realloc(), but when the block moves, the old one is overwritten. */
must_check void *wiping_realloc(void *block, size_t size);

#endif
