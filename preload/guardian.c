/* SPDX-License-Identifier: MIT */
/* Starts the guardian so that the host sees nothing of it. At the start there are two forks: the first child is gone when the
 * host's code begins, the second one belongs to init. */
#include "guardian.h"

#include <alloca.h>
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>

#include "apart.h"
#include "envp.h"
#include "quiet.h"
#include "shim.h"
#include "spool/handshake.h"
#include "spool/lead_guardian.h"
#include "spool/segment.h"
#include "sys/layout.h"
#include "sys/sys.h"

#define GONE_MS 200

/* Orphans of its descendants become a subreaper's children, and so would the guardian: it is none meanwhile. */
static int guardian_make(const struct lead_guardian *g)
{
    struct quiet quiet;
    int is_subreaper = 0;
    if (SYS_ARG5(SYS_prctl, PR_GET_CHILD_SUBREAPER, &is_subreaper, 0, 0, 0) < 0)
        is_subreaper = 0;
    if (is_subreaper)
        SYS_ARG5(SYS_prctl, PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
    int child = lead_guardian_make(g, quiet_begin(&quiet, 1)); /* no thread has been made yet */
    quiet_end(&quiet, child);
    if (is_subreaper)
        SYS_ARG5(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    return child > 0 ? 0 : child;
}

int guardian_start(const char *library, char *const *envp, int is_late)
{
    const char **env = alloca(envp_room(envp) * sizeof *env); /* not less than lead_guardian_room() */
    char program[TRUST_PATH_MAX];
    const struct lead_guardian g = {.spool = &shim.spool, .program = program, .env = env};
    int err = layout_program(library, shim.uid, program);
    if (err)
        return err;
    lead_guardian_environment(env, envp);
    err = is_late ? lead_guardian_make_last(&g) : -EINVAL;
    if (err != -EINVAL)
        return err;
    return apart_would_be_first() ? -ECHILD : guardian_make(&g);
}

/* Its pid. One that has just been made comes to lock what it is known by in a moment: until then, somebody holds `done` and nobody
 * has the lock. */
static int32_t guardian_find(const struct timespec *pause)
{
    int32_t pid = 0;
    for (int i = 0; !pid && i < GONE_MS && handshake_is_guarded(shim.spool.folder) == 1; i++) {
        pid = handshake_guardian(shim.spool.folder);
        if (!pid)
            SYS_ARG2(SYS_nanosleep, pause, NULL);
    }
    return pid;
}

int guardian_give_way(void)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    if (shim.sandboxed || shim.ns)
        return 0;
    int32_t pid = guardian_find(&pause);
    if (pid <= 0 || SYS_ARG2(SYS_kill, pid, SIGKILL))
        return 0;
    for (int i = 0; i < GONE_MS && !SYS_ARG2(SYS_kill, pid, 0); i++)
        SYS_ARG2(SYS_nanosleep, &pause, NULL); /* until init has reaped it, it counts */
    return 1;
}
