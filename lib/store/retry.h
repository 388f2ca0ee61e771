/* SPDX-License-Identifier: MIT */
/* When to try a request again: a pure policy, no clock, no sleeping. */
#ifndef STORE_RETRY_H
#define STORE_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

#define RETRY_STOP (-1)    /* see retry_delay_ms() */
#define RETRY_BASE_MS 250  /* longest pause before the second try */
#define RETRY_CAP_MS 10000 /* longest pause of our own choosing */

/* How a try ended, and what is known around it. */
struct retry_try {
    unsigned attempt;       /* tries made before this one */
    int status;             /* HTTP status, or 0 when no whole answer came */
    int64_t retry_after_ms; /* what the server asked for, or 0 */
    int64_t left_ms;        /* time until the deadline */
    uint32_t random;        /* any random number */
};

/* Whether another try may end better: no whole answer (0), or a status that says "later". */
must_check bool retry_worth(int status);

/* Milliseconds to wait before the next try, or RETRY_STOP when it would start after the deadline or end no
 * better. A pause asked for by the server is kept; otherwise it doubles from RETRY_BASE_MS to RETRY_CAP_MS,
 * half of it random so that many jobs stopped by one fault do not come back together. */
must_check nonnull int64_t retry_delay_ms(const struct retry_try *last);

#endif
