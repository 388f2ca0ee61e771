/* SPDX-License-Identifier: MIT */
/* The state, and the two questions that every hook asks first: which process am I, and what time is it. */
#include "shim.h"

#include "sys/clock.h"
#include "sys/sys.h"

#define PAGE 4096

/* .bss lies behind the GOT, in the same page. The loader clears it: so its first touch of that page is a write, and not a
 * read that costs a page fault of its own. */
hidden struct shim shim;

/* The word is never written in the child, which forgets that it watched instead: most fork children exec, and need no page
 * for it. */
static enum shim_who shim_who_by_page(void)
{
    return __atomic_load_n(&shim.armed, __ATOMIC_ACQUIRE) && !*shim.alive ? SHIM_FORKED : SHIM_SELF;
}

enum shim_who shim_who(void)
{
    if (shim.sandboxed)
        return shim_who_by_page();
    if (sys_getpid() == shim.pid)
        return SHIM_SELF;
    if (shim.no_wipe)
        return SHIM_FORKED;
    return shim_who_by_page() == SHIM_SELF ? SHIM_VFORK : SHIM_FORKED;
}

enum shim_who shim_who_fast(void)
{
    return unlikely(shim.no_wipe) ? shim_who() : shim_who_by_page();
}

/* qemu, running a program of another machine, thanks for any advice and follows none: it takes the impossible one, too. */
static int shim_can_wipe(uint32_t *page)
{
    return !SYS_ARG3(SYS_madvise, page, PAGE, MADV_WIPEONFORK) && SYS_ARG3(SYS_madvise, page, PAGE, -1);
}

/* Two threads may both come here: the page that was there first stays. */
static void shim_make_page(void)
{
    uint32_t *page = sys_mmap(PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *none = NULL;
    if (sys_is_error(page) || !shim_can_wipe(page))
        shim.no_wipe = 1;
    else if (!__atomic_compare_exchange_n(&shim.alive, &none, page, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        sys_munmap(page, PAGE);
}

void shim_watch_forks(void)
{
    if (shim.armed || shim.no_wipe || shim.sandboxed)
        return;
    if (!shim.alive)
        shim_make_page();
    if (shim.no_wipe)
        return;
    *shim.alive = 1;
    __atomic_store_n(&shim.armed, 1, __ATOMIC_RELEASE); /* last: another thread may be asking who it is */
}

int64_t shim_clock(clockid_t clock)
{
    struct sys_time t;
    return shim.clock && !shim.clock(clock, &t) ? clock_ns_of(&t) : clock_ns(clock);
}

int64_t shim_now(void)
{
    return shim_clock(CLOCK_MONOTONIC);
}
