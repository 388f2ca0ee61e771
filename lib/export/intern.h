/* SPDX-License-Identifier: MIT */
/* Strings as small numbers: each different one is kept once. */
#ifndef EXPORT_INTERN_H
#define EXPORT_INTERN_H

#include <stdint.h>

#include "base/buf.h"
#include "sys/attr.h"

struct intern {
    struct buf text;
    uint32_t *offsets; /* by number, where the string begins */
    uint32_t *slots;   /* open addressing; 0 = free, else a number + 1 */
    uint32_t len, cap; /* slots are a power of two, at least twice as many as strings */
};

#define INTERN_EMPTY ((struct intern){0})

/* Find the number of a string, a new one if there was none: they count from 0. 0, -ENOMEM, or -EFBIG when all
 * strings together are longer than a buffer may be. */
must_check int intern_put(struct intern *in, const char *text, size_t len, uint32_t *number);

/* The string of a number that intern_put() gave. Valid until the next intern_put(). */
const char *intern_text(const struct intern *in, uint32_t number);

/* Free the strings and make it empty. */
void intern_release(struct intern *in);

#endif
