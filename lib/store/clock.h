/* SPDX-License-Identifier: MIT */
/* Time for deadlines: a clock that never jumps, and waiting on it. */
#ifndef STORE_CLOCK_H
#define STORE_CLOCK_H

#include <errno.h>
#include <stdint.h>
#include <time.h>

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

#endif
