/* SPDX-License-Identifier: MIT */
/* A child that keeps its parent's memory but is no vfork child: what it writes, its parent reads. */
#include "animal.h"

#include <sched.h>
#include <signal.h>

static char stack[64 << 10] __attribute__((aligned(16)));

static int leave_quietly(void *status)
{
    _exit((int)(intptr_t)status);
}

static int leave(void *status)
{
    return (int)(intptr_t)status;
}

static int execute(void *unused)
{
    become_leaf("3");
    return unused != NULL;
}

static pid_t started(int (*body)(void *), int status)
{
    return clone(body, stack + sizeof stack, CLONE_VM | SIGCHLD, (void *)(intptr_t)status);
}

/* Afterwards the parent is killed: its end is not the one that its child's exit handlers noted in its memory.
 */
static void die_afterwards(void)
{
    must(reaped(started(leave_quietly, 1)) == 1 << 8);
    raise(SIGKILL);
}

int main(void)
{
    must(reaped(started(leave_quietly, 1)) == 1 << 8);
    must(reaped(started(leave, 2)) == 2 << 8);
    must(reaped(started(execute, 0)) == 3 << 8);
    must(reaped(forked(die_afterwards)) == SIGKILL);
    return 4;
}
