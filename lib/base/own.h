/* SPDX-License-Identifier: MIT */
/* Scope-bound ownership: a variable marked auto_fd or auto_free releases what it holds when it leaves scope,
 * unless the value was taken out of it first. */
#ifndef BASE_OWN_H
#define BASE_OWN_H

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* Close *fd when it is open. Keeps errno. For auto_fd. */
static inline void own_close_fd(int *fd)
{
    int saved = errno;
    if (*fd >= 0)
        close(*fd);
    errno = saved;
}

/* Free the heap block that *ptr points to; ptr is the address of a pointer variable. For auto_free. */
static inline void own_free_ptr(void *ptr)
{
    free(*(void **)ptr);
}

/* Move the descriptor out of *fd, which becomes -1. The caller owns the result. */
static inline int take_fd(int *fd)
{
    int out = *fd;
    *fd = -1;
    return out;
}

/* Move the pointer out of the variable at ptr, which becomes NULL. The caller owns the result. */
static inline void *take_ptr(void *ptr)
{
    void *out = *(void **)ptr;
    *(void **)ptr = NULL;
    return out;
}

#define auto_fd __attribute__((cleanup(own_close_fd))) int
#define auto_free __attribute__((cleanup(own_free_ptr)))

#endif
