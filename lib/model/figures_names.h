/* SPDX-License-Identifier: MIT */
/* Texts, each kept once and known by a number. */
#ifndef MODEL_FIGURES_NAMES_H
#define MODEL_FIGURES_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "sys/attr.h"

#define FIGURES_NAME_MAX 4096 /* longer ones are cut */

struct figures_names {
    char *text;
    size_t text_len, text_cap;
    uint32_t *at; /* of each name its place in the text */
    uint32_t len, cap, max;
    uint64_t *
        slots; /* open addressing; 0 = free, else number + 1, and above it the hash: most others are told apart by that */
    uint32_t mask;
};

/* Make it empty, with the empty text as number 0. Of more than `max` names, or 64 MiB, the rest are one, "(other)", which is
 * number 1. 0 or -ENOMEM. */
must_check int figures_names_init(struct figures_names *names, uint32_t max);

/* The number of a text; NULL is the empty one. 0 or -ENOMEM. O(length). */
must_check int figures_names_put(struct figures_names *names, const char *text, uint32_t *out);

/* The text of a number; "" for one that there is not. */
const char *figures_names_text(const struct figures_names *names, uint32_t number);

/* Free what it holds. */
void figures_names_release(struct figures_names *names);

#endif
