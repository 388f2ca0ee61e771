/* SPDX-License-Identifier: MIT */
/* Growing an array of anything; private to lib/model. */
#ifndef MODEL_LIST_H
#define MODEL_LIST_H

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "sys/attr.h"

#define LIST_LEAST 32

/* Make room for one more element of `size` bytes behind the `len` of *list, which is a pointer to them. By halves: a
 * large array is grown by moving its pages, and of those that are not used yet there are few. 0 or -ENOMEM. */
must_check static inline int list_grow(void *list, size_t len, size_t *cap, size_t size)
{
    if (len < *cap)
        return 0;
    size_t more = *cap ? *cap + *cap / 2 : LIST_LEAST;
    void *grown = realloc(*(void **)list, more * size);
    if (!grown)
        return -ENOMEM;
    *(void **)list = grown;
    *cap = more;
    return 0;
}

#endif
