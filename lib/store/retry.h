/* SPDX-License-Identifier: MIT */
/* When to try a request again: a pure policy, no clock, no sleeping. */
#ifndef STORE_RETRY_H
#define STORE_RETRY_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "sys/attr.h"

#define RETRY_STOP (-1)                            /* see retry_delay_ms() */
#define RETRY_BASE_MS 250                          /* longest pause before the second try */
#define RETRY_CAP_MS 10000                         /* longest pause of our own choosing */
#define RETRY_AFTER_MAX_MS (INT64_C(86400) * 1000) /* longest pause accepted from a server */

/* How an attempt ended, and its circumstances. */
struct retry_try {
    unsigned attempt;       /* attempts made before this one */
    int status;             /* HTTP status, or 0 when no complete answer came */
    int64_t retry_after_ms; /* what the server asked for, or 0 */
    int64_t left_ms;        /* time until the deadline */
    uint32_t random;        /* any random number */
};

/* Whether another attempt may succeed: there was no complete answer (0), or the status is a transient error. */
must_check bool retry_worth(int status);

/* Milliseconds to wait before the next attempt, or RETRY_STOP when it would start after the deadline or is not worth making. A
 * pause requested by the server is respected, with up to a quarter of it added; otherwise see retry_backoff_ms(). */
must_check nonnull int64_t retry_delay_ms(const struct retry_try *last);

/* The pause in ms after `attempt` earlier ones: doubles from RETRY_BASE_MS to RETRY_CAP_MS, half of it random, so that many jobs
 * stopped by the same outage do not retry at the same time. */
must_check int64_t retry_backoff_ms(unsigned attempt, uint32_t random);

/* The pause in ms that a Retry-After header requests at the time `now`: seconds, or an HTTP date in the current form ("Tue, 10
 * Nov 2026 08:00:00 GMT"). At most RETRY_AFTER_MAX_MS. 0, which leaves the pause to us, for any other value and for a date in the
 * past. */
must_check nonnull int64_t retry_after_ms(const char *value, time_t now);

#endif
