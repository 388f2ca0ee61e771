/* SPDX-License-Identifier: MIT */
/* Time for deadlines: a clock that never jumps, and waiting on it. */
#ifndef STORE_CLOCK_H
#define STORE_CLOCK_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define CLOCK_SLICE_MS 100 /* how often a long wait looks up */

/* Milliseconds of CLOCK_MONOTONIC. */
static inline int64_t clock_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Wait `ms` milliseconds, signals or not. */
static inline void clock_sleep_ms(int64_t ms)
{
    struct timespec left = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    while (nanosleep(&left, &left) && errno == EINTR)
        continue;
}

/* The same, but no longer than until `hurry` (may be NULL) says so, unless it did before. */
static inline void clock_sleep_unless(int64_t ms, bool (*hurry)(void))
{
    bool is_late = !hurry || hurry();
    for (int64_t until = clock_now_ms() + ms; ms > 0 && (is_late || !hurry()); ms = until - clock_now_ms())
        clock_sleep_ms(is_late || ms < CLOCK_SLICE_MS ? ms : CLOCK_SLICE_MS);
}

#endif
