/* SPDX-License-Identifier: MIT */
/* Overwriting secrets in a way that the compiler keeps. */
#ifndef BASE_WIPE_H
#define BASE_WIPE_H

#include <stdlib.h>
#include <string.h>

/* Overwrite `len` bytes at `secret`; NULL is fine. */
static inline void wipe(void *secret, size_t len)
{
    if (secret)
        explicit_bzero(secret, len);
}

/* Wipe and free the secret string at *text, which becomes NULL. */
static inline void wipe_text(char **text)
{
    if (*text)
        explicit_bzero(*text, strlen(*text));
    free(*text);
    *text = NULL;
}

#endif
