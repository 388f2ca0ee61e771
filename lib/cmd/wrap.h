/* SPDX-License-Identifier: MIT */
/* Being a wrapper around one command that neither the command nor whoever called us can tell: same terminal, same
 * signals, same status. Knows neither runs nor marks. */
#ifndef CMD_WRAP_H
#define CMD_WRAP_H

#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "sys/attr.h"

/* Signals as they were, for the command to have. */
struct wrap {
    pid_t pid;        /* the wrapper's own */
    int death_signal; /* what whoever started us has us sent when he dies; 0 = nothing */
    sigset_t mask, waited_for;
    struct sigaction child;
};

/* Hold back, from here to our end, all signals but those that stop and continue: a wrapper must not die and leave its command
 * behind. To be called before the fork. */
void wrap_hold(struct wrap *w);

/* In the child, before the exec: give back what wrap_hold() took. */
void wrap_release(const struct wrap *w);

/* Wait for the command's end; meanwhile pass on what somebody, or a timer, sent to us alone. What the terminal sends reaches the
 * command by itself. Returns the wait status; *usage is the command's, and may be NULL. */
must_check int wrap_wait(const struct wrap *w, pid_t pid, struct rusage *usage);

/* End as the command did: by the same signal, without a core file, or by returning its exit status. */
int wrap_leave_like(int status);

#endif
