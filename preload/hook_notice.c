/* SPDX-License-Identifier: MIT */
/* prctl and syscall, passed on as they are. A process that gives up privileges or turns a seccomp filter on
 * may be killed for any system call that it does not make itself: from then on, hooks only store to memory
 * that is there. */
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cells.h"
#include "hook_fork.h"
#include "real.h"
#include "recorder.h"
#include "shim.h"
#include "sys/sys.h"

/* Before the filter stands: what hooks will need must be there. */
static void notice_sandbox(int is_filter)
{
    enum shim_who who = shim.on ? shim_who() : SHIM_VFORK;
    /* A vfork child prepares itself for its exec: its parent is not concerned. */
    if (who == SHIM_VFORK)
        return;
    /* A fork child that nobody has adopted has a vfork child, too, that looks the same from here: but for its parent. That one's
     * pid must not stand for the other. */
    if (!shim.sandboxed && (who == SHIM_SELF || sys_getppid() == shim.pid)) {
        cells_reserve();
        shim_watch_forks();
    }
    shim.sandboxed = 1;
    shim.filtered |= is_filter;
    shim.on &= !shim.no_vdso; /* no way is left to tell the time */
}

static void notice_no_vdso(void)
{
    if (!shim.on || shim_who() == SHIM_VFORK)
        return;
    shim.no_vdso = 1;
    shim.clock = NULL;
    shim.on &= !shim.sandboxed;
}

static void notice_prctl(long option)
{
    if (option == PR_SET_TSC)
        notice_no_vdso();
    else if (option == PR_SET_SECCOMP || option == PR_SET_NO_NEW_PRIVS)
        notice_sandbox(option == PR_SET_SECCOMP);
}

/* Both are variadic in C. Words are passed to a variadic function as to any other on all machines that we know. */
exported int prctl_noted(int option, long a, long b, long c, long d) __asm__("prctl");
exported int prctl_noted(int option, long a, long b, long c, long d)
{
    typedef int (*prctl_fn)(int, long, long, long, long);
    notice_prctl(option);
    return REAL(prctl_fn, REAL_PRCTL)(option, a, b, c, d);
}

/* Whether that child, if it comes back here, surely has memory of its own and goes on in this frame: then it is a fork like
 * any other. */
static int is_copy(long number, long flags, long stack)
{
#ifdef SYS_fork
    if (number == SYS_fork)
        return 1;
#endif
    return number == SYS_clone && !stack && !(flags & (CLONE_THREAD | CLONE_VM));
}

/* Whether a child is about to be made that is no thread. clone3 has its flags in memory: not worth a look. */
static int is_fork(long number, long flags)
{
#ifdef SYS_fork
    if (number == SYS_fork)
        return 1;
#endif
    return number == SYS_clone3 || (number == SYS_clone && !(flags & CLONE_THREAD));
}

/* libseccomp comes this way. Other callers include allocators that are only just starting: no lookup, no
 * lock. */
exported long syscall_noted(long number, long a, long b, long c, long d, long e, long f) __asm__("syscall");
exported long syscall_noted(long number, long a, long b, long c, long d, long e, long f)
{
    struct recorder_fork child;
    int is_noted = unlikely(is_copy(number, a, b)) && recorder_ready();
    if (unlikely(number == SYS_seccomp))
        notice_sandbox(a == SECCOMP_SET_MODE_STRICT || a == SECCOMP_SET_MODE_FILTER);
    else if (unlikely(number == SYS_prctl))
        notice_prctl(a);
    else if (unlikely(is_noted))
        fork_begin(&child);
    else if (unlikely(is_fork(number, a)) && recorder_ready())
        shim_watch_forks();
    long ret = sys_call6(number, a, b, c, d, e, f);
    if (unlikely(is_noted))
        fork_done(&child, ret);
    if (ret >= 0 || ret <= -4096)
        return ret;
    real_set_errno((int)-ret);
    return -1;
}
