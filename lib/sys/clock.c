/* SPDX-License-Identifier: MIT */
/* Clocks and waiting, by system call. */
#include "sys/clock.h"

#include <errno.h>

#define SLICE_MS 100 /* how often a long wait looks up */

int64_t clock_ns(int clock)
{
    struct sys_time t = {0};
    sys_clock_gettime(clock, &t);
    return clock_ns_of(&t);
}

void clock_sleep_ms(int64_t ms)
{
    struct {
        long sec, nsec; /* what this call takes on every machine; libc's may be wider */
    } left = {(long)(ms / 1000), (long)(ms % 1000) * 1000000};
    while (SYS_ARG2(SYS_nanosleep, &left, &left) == -EINTR)
        continue;
}

void clock_sleep_unless(int64_t ms, bool (*hurry)(void))
{
    bool is_late = !hurry || hurry();
    for (int64_t until = clock_now_ms() + ms; ms > 0 && (is_late || !hurry()); ms = until - clock_now_ms())
        clock_sleep_ms(is_late || ms < SLICE_MS ? ms : SLICE_MS);
}
