/* SPDX-License-Identifier: MIT */
/* The state, and the two questions that every hook asks first: which process am I, and what time is it. */
#include "shim.h"

#include "base/sys.h"

#define PAGE 4096

/* In .data and not in .bss: it shares its page with the GOT, which the loader has touched already. */
hidden struct shim shim __attribute__((section(".data")));

/* Alone on its page, which the kernel zeroes in every fork child. vfork children share it, and read 1. It is all that
 * .bss holds, so that madvise need not split a mapping. */
static struct {
    uint32_t alive;
    char rest[PAGE - sizeof(uint32_t)];
} shim_page __attribute__((aligned(PAGE)));

enum shim_who shim_who(void)
{
    if (shim.sandboxed)
        return shim_page.alive ? SHIM_SELF : SHIM_FORKED;
    if (sys_getpid() == shim.pid)
        return SHIM_SELF;
    return shim_page.alive && !shim.no_wipe ? SHIM_VFORK : SHIM_FORKED;
}

enum shim_who shim_who_fast(void)
{
    if (unlikely(shim.no_wipe))
        return shim_who();
    return likely(shim_page.alive) ? SHIM_SELF : SHIM_FORKED;
}

void shim_mark_alive(void)
{
    shim_page.alive = 1;
}

void shim_watch_forks(void)
{
    shim.no_wipe = SYS_ARG3(SYS_madvise, &shim_page, PAGE, MADV_WIPEONFORK) != 0;
}

int64_t shim_clock(clockid_t clock)
{
    struct sys_time t;
    if (!shim.clock || shim.clock(clock, &t))
        sys_clock_gettime(clock, &t);
    return t.sec * INT64_C(1000000000) + t.nsec;
}

int64_t shim_now(void)
{
    return shim_clock(CLOCK_MONOTONIC);
}
