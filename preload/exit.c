/* SPDX-License-Identifier: MIT */
/* The orderly way out: exit handlers. on_exit, registered before any other handler, runs after all of them and after
 * every destructor, and is told the status; musl lacks it, so there a destructor notes the time and the parent's wait
 * the status. */
#include "exit.h"

#include <stdlib.h>

#include "leader.h"
#include "recorder.h"
#include "shim.h"

#pragma weak on_exit

void exit_note(int status, int flushes)
{
    recorder_end(status, SPOOL_LEFT_EXIT);
    if (shim.is_leader)
        leader_end(flushes);
}

/* No system call: a fork child that no hook has adopted leaves its end to its parent's wait. */
static void exit_handler(int status, void *arg unused)
{
    if (shim.on && shim_who_fast() == SHIM_SELF)
        exit_note(status, 1);
}

void exit_register(void)
{
    if (on_exit)
        on_exit(exit_handler, NULL);
}

static __attribute__((destructor)) void exit_destructor(void)
{
    if (on_exit || !shim.on || shim_who_fast() != SHIM_SELF)
        return;
    recorder_end(0, SPOOL_LEFT_UNKNOWN);
    if (shim.is_leader)
        leader_end(1);
}
