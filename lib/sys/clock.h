/* SPDX-License-Identifier: MIT */
/* Reading clocks, and sleeping, by system call: libc's functions may be interposed, or return a faked time. The shim, which reads
 * clocks in every process, tries the vDSO first: preload/shim.h. */
#ifndef SYS_CLOCK_H
#define SYS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "sys/sys.h"

#define CLOCK_SECOND_NS INT64_C(1000000000)

/* A struct sys_time in nanoseconds. */
static inline int64_t clock_ns_of(const struct sys_time *t)
{
    return t->sec * CLOCK_SECOND_NS + t->nsec;
}

/* The time of the clock CLOCK_… in nanoseconds, or 0 when it can't be read. */
int64_t clock_ns(int clock);

/* The time of CLOCK_MONOTONIC in nanoseconds. Most times are recorded by this clock, since it is never set. */
static inline int64_t clock_now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

/* The same in milliseconds, for deadlines. */
static inline int64_t clock_now_ms(void)
{
    return clock_now_ns() / 1000000;
}

/* Sleep for `ms` milliseconds; signals don't shorten it. */
void clock_sleep_ms(int64_t ms);

/* The same, but return early once `hurry` (may be NULL), which is polled, returns true. If it does so at the start already, sleep
 * for the whole time. */
void clock_sleep_unless(int64_t ms, bool (*hurry)(void));

#endif
