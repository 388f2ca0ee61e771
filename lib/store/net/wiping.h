/* SPDX-License-Identifier: MIT */
/* A heap for libraries that copy secrets around: what is freed is overwritten first. */
#ifndef STORE_NET_WIPING_H
#define STORE_NET_WIPING_H

#include <stddef.h>

#include "sys/attr.h"

/* As free(), after overwriting the block. The block may come from malloc(), calloc() or strdup() as well. */
void wiping_free(void *block);

/* As realloc(), but a block that moves leaves nothing behind. */
must_check void *wiping_realloc(void *block, size_t size);

#endif
