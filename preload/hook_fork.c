/* SPDX-License-Identifier: MIT */
/* fork: one cell for the child, claimed before the call, so that parent and child both know it. The parent writes
 * when it was born, the child how it ended, and neither makes a system call for it. The child passes here, so nobody
 * needs to watch for it; only its fork handlers run before that, as if after a vfork.
 * vfork is left alone: a wrapper's frame would be gone when the parent returns into it. */
#include "hook_fork.h"

#include <errno.h>
#include <unistd.h>

#include "cells.h"
#include "guardian.h"
#include "real.h"
#include "recorder.h"
#include "shim.h"

void fork_begin(struct recorder_fork *child)
{
    int64_t entered = shim_now();
    real_before_fork();
    *child = (struct recorder_fork){.parent = shim.ref, .page = recorder_page_for_program(1)};
    child->cell = cells_claim(&child->ref);
    if (child->cell)
        child->cell->born.is_fork = 1;
    else if (!shim.sandboxed)
        spool_miss(&shim.spool);
    recorder_spent(entered);
    child->time_ns = shim_now();
}

void fork_done(const struct recorder_fork *child, long pid)
{
    if (pid)
        cells_born(child->cell, (int32_t)pid, child->time_ns);
    else
        recorder_forked(child);
}

int fork_has_room_again(int failed)
{
    return unlikely(failed) && shim.on && real_errno() == EAGAIN && guardian_give_way();
}

static pid_t fork_noted(enum real which)
{
    typedef pid_t (*fork_fn)(void);
    fork_fn real = REAL(fork_fn, which);
    struct recorder_fork child;
    if (!recorder_ready())
        return real();
    fork_begin(&child);
    pid_t pid = real();
    if (fork_has_room_again(pid < 0))
        pid = real();
    fork_done(&child, pid);
    return pid;
}

/* Of two names, so that our own call is bound here and not by the loader. */
exported pid_t fork(void) __attribute__((alias("shim_fork")));

pid_t shim_fork(void)
{
    return fork_noted(REAL_FORK);
}

exported pid_t _Fork(void)
{
    return fork_noted(REAL__FORK);
}
