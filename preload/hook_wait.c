/* SPDX-License-Identifier: MIT */
/* The wait family: the second witness of every end. All but waitid go through wait4, which alone tells the
 * child's resource usage; the caller gets what it asked for. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "cells.h"
#include "real.h"
#include "shim.h"
#include "sys/sys.h"

/* The rest come down to this one, so it is all of them: one name more, and no frame. */
exported pid_t wait4(pid_t, int *, int, struct rusage *) __attribute__((alias("wait_any")));

static pid_t wait_any(pid_t which, int *status, int options, struct rusage *usage)
{
    typedef pid_t (*wait4_fn)(pid_t, int *, int, struct rusage *);
    wait4_fn real = REAL(wait4_fn, REAL_WAIT4);
    if (!shim.on)
        return real(which, status, options, usage);
    /* The caller's own memory where it gave some: the kernel may refuse it, and we must not touch it then. */
    int own_status;
    struct rusage own_usage;
    int *use_status = status ? status : &own_status;
    struct rusage *use_usage = usage ? usage : &own_usage;
    pid_t pid = real(which, use_status, options, use_usage);
    if (pid > 0)
        cells_reaped(pid, wait_status_of(*use_status), use_usage);
    return pid;
}

#pragma weak on_exit /* musl has none */

/* Wait where musl's callers may be cancelled: in its waitid, which leaves the child for wait4. Another thread may be faster. */
static pid_t wait_leaving(pid_t which, int *status, int options, struct rusage *usage)
{
    typedef int (*waitid_fn)(idtype_t, id_t, siginfo_t *, int);
    waitid_fn real = REAL(waitid_fn, REAL_WAITID);
    const idtype_t type = which == -1 ? P_ALL : which > 0 ? P_PID : P_PGID;
    const id_t id = (id_t)(which > 0 ? which : which ? -which : (pid_t)SYS_ARG1(SYS_getpgid, 0));
    for (;;) {
        siginfo_t info;
        info.si_pid = 0;
        if (real(type, id, &info, options | WEXITED | WNOWAIT))
            return -1;
        long pid = info.si_pid ? SYS_ARG4(SYS_wait4, info.si_pid, status, options | WNOHANG, usage) : 0;
        if (pid > 0 || !info.si_pid)
            return (pid_t)pid;
        if (pid && pid != -ECHILD) {
            real_set_errno((int)-pid);
            return -1;
        }
    }
}

/* wait and waitpid are points of cancellation. glibc's wait4 is one as well, musl's is not: there it serves only for what it
 * would refuse at once. */
static pid_t wait_point(pid_t which, int *status, int options)
{
    const int usual = WNOHANG | WUNTRACED | WCONTINUED | __WALL | __WCLONE | __WNOTHREAD;
    if (on_exit || options & ~usual || which == INT_MIN)
        return wait_any(which, status, options, NULL);
    int own_status;
    struct rusage usage;
    int *use_status = status ? status : &own_status;
    pid_t pid = wait_leaving(which, use_status, options, &usage);
    if (pid > 0 && shim.on)
        cells_reaped(pid, wait_status_of(*use_status), &usage);
    return pid;
}

exported pid_t wait(int *status)
{
    return wait_point(-1, status, 0);
}

exported pid_t waitpid(pid_t pid, int *status, int options)
{
    return wait_point(pid, status, options);
}

exported pid_t wait3(int *status, int options, struct rusage *usage)
{
    return wait_any(-1, status, options, usage);
}

#ifndef __LP64__
/* What 32-bit programs get that are built for times of 64 bits, on glibc as on musl. */
struct rusage_time64 {
    struct {
        int64_t sec, usec;
    } user, sys;
    long counts[14]; /* as in struct rusage, from ru_maxrss on */
    long spare[16];  /* musl's */
};

_Static_assert(sizeof(struct rusage) >= 2 * sizeof(struct timeval) + 14 * sizeof(long), "there are 14 counts");

exported pid_t __wait4_time64(pid_t, int *, int, struct rusage_time64 *);
exported pid_t __wait3_time64(int *, int, struct rusage_time64 *);

static void wait_note_time64(pid_t pid, int status, const struct rusage_time64 *usage)
{
    struct rusage noted = {.ru_utime = {(time_t)usage->user.sec, (suseconds_t)usage->user.usec},
                           .ru_stime = {(time_t)usage->sys.sec, (suseconds_t)usage->sys.usec}};
    __builtin_memcpy((char *)&noted + 2 * sizeof(struct timeval), usage->counts, sizeof usage->counts);
    cells_reaped(pid, wait_status_of(status), &noted);
}

pid_t __wait4_time64(pid_t which, int *status, int options, struct rusage_time64 *usage)
{
    typedef pid_t (*wait4_fn)(pid_t, int *, int, struct rusage_time64 *);
    wait4_fn real = REAL(wait4_fn, REAL_WAIT4_TIME64);
    if (!shim.on)
        return real(which, status, options, usage);
    int own_status;
    struct rusage_time64 own_usage;
    int *use_status = status ? status : &own_status;
    struct rusage_time64 *use_usage = usage ? usage : &own_usage;
    pid_t pid = real(which, use_status, options, use_usage);
    if (pid > 0)
        wait_note_time64(pid, *use_status, use_usage);
    return pid;
}

pid_t __wait3_time64(int *status, int options, struct rusage_time64 *usage)
{
    return __wait4_time64(-1, status, options, usage);
}
#endif

/* siginfo's status as wait would give it; a stop for what is no end. */
static struct wait_status wait_status_from(const siginfo_t *info)
{
    switch (info->si_code) {
    case CLD_EXITED:
        return wait_status_of_exit(exit_code_of(info->si_status));
    case CLD_KILLED:
        return wait_status_of(info->si_status & 0x7f);
    case CLD_DUMPED:
        return wait_status_of((info->si_status & 0x7f) | 0x80);
    default:
        return wait_status_of(0x7f);
    }
}

exported int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    typedef int (*waitid_fn)(idtype_t, id_t, siginfo_t *, int);
    waitid_fn real = REAL(waitid_fn, REAL_WAITID);
    if (!shim.on)
        return real(type, id, info, options);
    siginfo_t own;
    siginfo_t *use = info ? info : &own;
    own.si_pid = 0; /* the kernel zeroes it as well when no child was there */
    int ret = real(type, id, use, options);
    if (ret == 0 && use->si_pid > 0 && !(options & WNOWAIT))
        cells_reaped(use->si_pid, wait_status_from(use), NULL);
    return ret;
}
