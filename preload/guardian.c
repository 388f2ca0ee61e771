/* SPDX-License-Identifier: MIT */
/* Starts the guardian so that the host sees nothing of it. At the start there are two forks: the first child is gone when the host's
 * code begins, the second one belongs to init. */
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
#include "sys/text.h"

#define GONE_MS 200
#define DONE_FD "4" /* HANDSHAKE_FD_DONE */
_Static_assert(HANDSHAKE_FD_DONE == 4, "both are the same");

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

/* Whether `pid` is this run's guardian, which it is known by from its birth: it holds the run's `done`. The job may have written
 * any number into the header, and that of a process which is gone may be another's by now. */
static int guardian_is_ours(int32_t pid)
{
    char path[SPOOL_PATH_MAX + 8];
    struct stat its, done;
    if (text_join_number(path, sizeof path, "/proc/", "", (uint64_t)pid, "/fd/" DONE_FD) || sys_stat(AT_FDCWD, path, &its, 0) || text_join(path, sizeof path, shim.spool.folder, "/done", "") ||
        sys_stat(AT_FDCWD, path, &done, 0))
        return 0;
    return its.st_dev == done.st_dev && its.st_ino == done.st_ino;
}

int guardian_give_way(void)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    if (shim.sandboxed || shim.ns || spool_need_header(&shim.spool))
        return 0;
    int32_t pid = __atomic_load_n(&shim.spool.header->guardian_pid, __ATOMIC_RELAXED);
    pid = pid < 0 ? (int32_t)-(uint32_t)pid : pid; /* its program has not begun yet */
    if (pid <= 0 || handshake_is_guarded(shim.spool.folder) != 1 || !guardian_is_ours(pid) ||
        SYS_ARG2(SYS_kill, pid, SIGKILL))
        return 0;
    for (int i = 0; i < GONE_MS && !SYS_ARG2(SYS_kill, pid, 0); i++)
        SYS_ARG2(SYS_nanosleep, &pause, NULL); /* until init has reaped it, it counts */
    return 1;
}
