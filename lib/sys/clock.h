/* SPDX-License-Identifier: MIT */
/* What time it is, and waiting. By system call: what libc would give may be faked or interposed. The shim asks the vDSO first,
 * since it is asked by everybody's processes: preload/shim.h. */
#ifndef SYS_CLOCK_H
#define SYS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "sys/sys.h"

#define CLOCK_SECOND_NS INT64_C(1000000000)

/* Nanoseconds. */
static inline int64_t clock_ns_of(const struct sys_time *t)
{
    return t->sec * CLOCK_SECOND_NS + t->nsec;
}

/* Nanoseconds of the clock CLOCK_…, or 0 when it can't be read. */
int64_t clock_ns(int clock);

/* Nanoseconds of CLOCK_MONOTONIC, by which nearly everything is recorded: it never jumps. */
static inline int64_t clock_now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

/* The same in milliseconds, for deadlines. */
static inline int64_t clock_now_ms(void)
{
    return clock_now_ns() / 1000000;
}

/* Wait `ms` milliseconds, signals or not. */
void clock_sleep_ms(int64_t ms);

/* The same, but no longer than until `hurry` (may be NULL) says so, unless it did before. */
void clock_sleep_unless(int64_t ms, bool (*hurry)(void));

#endif
