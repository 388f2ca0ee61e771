/* SPDX-License-Identifier: MIT */
/* Makes the guardian: forks and an exec, by raw system calls only. The host sees nothing of it. At the start there are two
 * forks: the first child is gone when the host's code begins, the second one belongs to init. */
#include "guardian.h"

#include <alloca.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "apart.h"
#include "quiet.h"
#include "shim.h"
#include "spool/handshake.h"
#include "spool/segment.h"
#include "sys/layout.h"
#include "sys/sys.h"
#include "sys/text.h"

#define GONE_MS 200
#define FD_SAFE 10 /* descriptors are moved above this before 0 to 5 are given out */

/* The caller's environment without the variables that would make the guardian a part of the run, or have other libraries loaded
 * into it than its own, though it keeps the path to them as D_LIBRARY_PATH, see lib/cmd/relaunch.h; and switched off, for it may be
 * preloaded all the same: by a file of the system's, or by another tool. It would begin a run, with a guardian of its own. */
static void guardian_environment(const char **out, char *const *envp)
{
    for (; envp && *envp; envp++) {
        const char *entry = *envp;
        int which = text_take(&entry, "LD_LIBRARY_PATH=\0LD_\0DTRACK_RUN=\0DTRACK_FROM=\0DTRACK_OFF=\0");
        if (which <= 1)
            *out++ = *envp + which; /* one letter less is the other name */
    }
    *out++ = "DTRACK_OFF=1";
    *out = NULL;
}

/* Move a descriptor out of the way of the numbers that are about to be given out. */
static int guardian_move(int fd)
{
    return fd < 0 ? fd : (int)SYS_ARG3(SYS_fcntl, fd, F_DUPFD_CLOEXEC, FD_SAFE);
}

/* A job may live with three descriptors, or in little memory; the guardian needs a few more, and some to be loaded. */
static void guardian_raise_limits(void)
{
    static const uint8_t limits[] = {RLIMIT_NOFILE, RLIMIT_AS, RLIMIT_DATA, RLIMIT_STACK};
    for (size_t i = 0; i < sizeof limits; i++) {
        struct rlimit limit;
        if (SYS_ARG4(SYS_prlimit64, 0, limits[i], NULL, &limit))
            continue;
        limit.rlim_cur = limit.rlim_max;
        SYS_ARG4(SYS_prlimit64, 0, limits[i], &limit, NULL);
    }
}

/* The leader waits, so it is there; by the time that the guardian could open its pidfd itself, it may be gone, and its status
 * with it. */
static int guardian_descriptors(const char *folder)
{
    int from[HANDSHAKE_FD_LEADER + 1];
    guardian_raise_limits();
    if (handshake_open_guardian(folder, &from[HANDSHAKE_FD_END], &from[HANDSHAKE_FD_DONE]))
        return -1;
    from[0] = from[1] = from[2] = sys_open("/dev/null", O_RDWR, 0);
    from[HANDSHAKE_FD_LEADER] = (int)SYS_ARG2(SYS_pidfd_open, shim.pid, 0);
    for (int fd = 0; fd <= HANDSHAKE_FD_LEADER; fd++)
        from[fd] = guardian_move(from[fd]);
    for (int fd = 0; fd <= HANDSHAKE_FD_LEADER; fd++) {
        sys_close(fd);
        if (SYS_ARG3(SYS_dup3, from[fd], fd, 0) < 0 && fd < HANDSHAKE_FD_LEADER)
            return -1;
    }
    if (SYS_ARG3(SYS_close_range, HANDSHAKE_FD_LEADER + 1, ~0u, 0))
        for (int fd = HANDSHAKE_FD_LEADER + 1; fd < 4096; fd++) /* before Linux 5.9 */
            sys_close(fd);
    return 0;
}

static _Noreturn void guardian_exit(void)
{
    for (;;)
        SYS_ARG1(SYS_exit_group, 127);
}

static _Noreturn void guardian_exec(const char *folder, const char *program, const char *const *env)
{
    uint64_t no_signals = 0;
    SYS_ARG4(SYS_rt_sigprocmask, SIG_SETMASK, &no_signals, NULL, sizeof no_signals);
    SYS_ARG1(SYS_chdir, "/");
    const char *argv[] = {"dtrack", "finish", "--guard", folder, NULL};
    SYS_ARG3(SYS_execve, program, argv, env);
    guardian_exit();
}

/* fork, unseen by a tracer. `flags` hold the signal at the child's end, too. qemu, running a program of another machine, knows
 * fork's own flags only. */
static int guardian_fork(unsigned long flags)
{
    int pid = (int)SYS_ARG5(SYS_clone, CLONE_UNTRACED | flags, 0, 0, 0, 0);
    return pid == -EINVAL && flags != CLONE_VFORK ? (int)SYS_ARG5(SYS_clone, SIGCHLD, 0, 0, 0, 0) : pid;
}

/* What the program finds. */
static int guardian_prepare(const char *folder)
{
    SYS_ARG0(SYS_setsid);
    return guardian_descriptors(folder);
}

static size_t guardian_count(char *const *envp)
{
    size_t n = 0;
    while (envp && envp[n])
        n++;
    return n;
}

/* The first child, which leaves the second one to init. */
static int guardian_make(const char *folder, const char *program, const char *const *env)
{
    struct quiet quiet;
    int child = guardian_fork(quiet_begin(&quiet, 1)); /* no thread has been made yet */
    if (child == 0) {
        if (guardian_prepare(folder))
            guardian_exit();
        int guardian = guardian_fork(SIGCHLD);
        if (guardian == 0)
            guardian_exec(folder, program, env);
        if (guardian > 0) /* it will say so itself, but may be in the way before that */
            __atomic_store_n(&shim.spool.header->guardian_pid, guardian, __ATOMIC_RELAXED);
        guardian_exit();
    }
    quiet_end(&quiet, child);
    return child > 0 ? 0 : child;
}

int guardian_start_early(const char *folder, const char *library, char *const *envp)
{
    const char **env = alloca((guardian_count(envp) + 2) * sizeof *env);
    char program[TRUST_PATH_MAX];
    int is_subreaper = 0, err = layout_program(library, shim.uid, program);
    if (err)
        return err;
    if (apart_would_be_first())
        return -ECHILD;
    guardian_environment(env, envp);
    /* Orphans of its descendants become a subreaper's children, and so would the guardian. */
    if (SYS_ARG5(SYS_prctl, PR_GET_CHILD_SUBREAPER, &is_subreaper, 0, 0, 0) < 0)
        is_subreaper = 0;
    if (is_subreaper)
        SYS_ARG5(SYS_prctl, PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
    err = guardian_make(folder, program, env);
    if (is_subreaper)
        SYS_ARG5(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    return err;
}

/* Children into this process's own pid namespace again: the one that it has made for them may be over. */
static void guardian_leave_namespace(void)
{
    int fd = sys_open("/proc/self/ns/pid", O_RDONLY, 0);
    if (fd < 0)
        return;
    SYS_ARG2(SYS_setns, fd, CLONE_NEWPID);
    sys_close(fd);
}

int guardian_start_late(const char *folder, const char *library, char *const *envp)
{
    const char **env = alloca((guardian_count(envp) + 2) * sizeof *env);
    char program[TRUST_PATH_MAX];
    int err = layout_program(library, shim.uid, program);
    if (err)
        return err;
    guardian_environment(env, envp);
    int child = guardian_fork(CLONE_VFORK); /* comes back when the child has become another program, or has failed to */
    if (child == -ENOMEM) {
        guardian_leave_namespace();
        child = guardian_fork(CLONE_VFORK);
    }
    if (child == -EINVAL)
        return guardian_start_early(folder, library, envp);
    if (child == 0) {
        if (guardian_prepare(folder))
            guardian_exit();
        __atomic_store_n(&shim.spool.header->guardian_pid, sys_getpid(), __ATOMIC_RELAXED); /* it may be in the way at once */
        guardian_exec(folder, program, env);
    }
    return child > 0 ? 0 : child;
}

/* Whether `pid` is this run's guardian, which it is known by from its birth: it holds the run's `done`. The job may have written
 * any number into the header, and that of a process which is gone may be another's by now. */
static int guardian_is_ours(int32_t pid)
{
    char path[SPOOL_PATH_MAX + 8];
    struct stat its, done;
    struct text t = text_into(path, sizeof path);
    text_str(&t, "/proc/");
    text_num(&t, (uint64_t)pid, 10, 0);
    text_str(&t, "/fd/");
    text_num(&t, HANDSHAKE_FD_DONE, 10, 0);
    if (sys_stat(AT_FDCWD, path, &its, 0) || text_join(path, sizeof path, shim.spool.folder, "/done", "") ||
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
    if (pid <= 0 || handshake_is_guarded(shim.spool.folder) != 1 || !guardian_is_ours(pid) ||
        SYS_ARG2(SYS_kill, pid, SIGKILL))
        return 0;
    for (int i = 0; i < GONE_MS && !SYS_ARG2(SYS_kill, pid, 0); i++)
        SYS_ARG2(SYS_nanosleep, &pause, NULL); /* until init has reaped it, it counts */
    return 1;
}
