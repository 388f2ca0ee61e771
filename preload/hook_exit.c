/* SPDX-License-Identifier: MIT */
/* The ways out that run no exit handler. A failed exec in a vfork child leaves through _exit in its parent's
 * memory: only the process that the state describes may note its end. The child gets a record, for perhaps nobody reaps it.
 * quick_exit runs handlers of its own; the leader has registered the one that is called last. */
#include <stdlib.h>
#include <unistd.h>

#include "exit.h"
#include "real.h"
#include "recorder.h"
#include "shim.h"
#include "sys/sys.h"

typedef void (*exit_fn)(int);

static _Noreturn void exit_through(enum real which, int status)
{
    enum shim_who who = shim.on ? shim_who() : SHIM_FORKED;
    if (who == SHIM_SELF) {
        shim.quick_code = exit_code_of(status);
        if (which != REAL_QUICK_EXIT || !shim.is_leader || !shim.quick_is_handled)
            exit_note(shim.quick_code);
    } else if (who == SHIM_VFORK) {
        recorder_vfork_ended(exit_code_of(status));
    }
    REAL(exit_fn, which)(status); /* comes back only where there is none */
    for (;;)
        SYS_ARG1(SYS_exit_group, status);
}

exported _Noreturn void _exit(int status)
{
    exit_through(REAL__EXIT, status);
}

exported _Noreturn void _Exit(int status)
{
    exit_through(REAL__EXIT_C99, status);
}

exported _Noreturn void quick_exit(int status)
{
    exit_through(REAL_QUICK_EXIT, status);
}
