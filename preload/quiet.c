/* SPDX-License-Identifier: MIT */
#include "quiet.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "sys/sys.h"

/* Of any kind; a program inherits those of the one that exec'd it. */
static int quiet_has_children(void)
{
    siginfo_t info; /* Linux needs none, but tools that check its arguments do */
    return SYS_ARG5(SYS_waitid, P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL, NULL) != -ECHILD;
}

/* Whether a signal of an earlier child waits to be unblocked: to ignore it would take it away. */
static int quiet_is_pending(void)
{
    uint64_t pending = 0;
    SYS_ARG2(SYS_rt_sigpending, &pending, sizeof pending);
    return pending >> (SIGCHLD - 1) & 1;
}

static void quiet_swap(const struct quiet_action *set, struct quiet_action *old)
{
    SYS_ARG4(SYS_rt_sigaction, SIGCHLD, set, old, sizeof set->mask);
}

unsigned long quiet_begin(struct quiet *quiet, int is_alone)
{
    const struct quiet_action ignore = {.handler = (uintptr_t)SIG_IGN};
    quiet->is_ignored = is_alone && !quiet_has_children() && !quiet_is_pending();
    if (!quiet->is_ignored)
        return 0;
    quiet_swap(&ignore, &quiet->before);
    return SIGCHLD;
}

/* A child that reaps itself is waited for as well: that ends with ECHILD. */
void quiet_end(const struct quiet *quiet, long child)
{
    while (child > 0 && SYS_ARG4(SYS_wait4, child, NULL, __WALL, NULL) == -EINTR) {
    }
    if (quiet->is_ignored)
        quiet_swap(&quiet->before, NULL);
}
