/* SPDX-License-Identifier: MIT */
/* The four functions that the compiler may call on its own. Ours, hidden: the library needs no libc. Marked used, for
 * the calls appear only after link-time optimisation has looked for callers. */
#include <stddef.h>

#include "sys/attr.h"

#define NEEDED hidden __attribute__((used))

NEEDED void *memcpy(void *restrict to, const void *restrict from, size_t len);
NEEDED void *memmove(void *to, const void *from, size_t len);
NEEDED void *memset(void *to, int value, size_t len);
NEEDED int memcmp(const void *a, const void *b, size_t len);

void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
    char *t = to;
    const char *f = from;
    while (len--)
        *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t len)
{
    char *t = to;
    const char *f = from;
    if (t <= f)
        return memcpy(to, from, len);
    while (len--)
        t[len] = f[len];
    return to;
}

void *memset(void *to, int value, size_t len)
{
    char *t = to;
    while (len--)
        *t++ = (char)value;
    return to;
}

int memcmp(const void *a, const void *b, size_t len)
{
    const unsigned char *x = a, *y = b;
    for (; len; len--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}
