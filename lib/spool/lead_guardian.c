/* SPDX-License-Identifier: MIT */
/* Forks and an exec. Knows neither shim nor command. */
#include "spool/lead_guardian.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "spool/handshake.h"
#include "sys/sys.h"
#include "sys/text.h"

#define FD_SAFE 10 /* descriptors are moved above this before 0 to 5 are given out */

size_t lead_guardian_room(char *const *envp)
{
    size_t n = 0;
    while (envp && envp[n])
        n++;
    return n + 2;
}

void lead_guardian_environment(const char **out, char *const *envp)
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
static int guardian_descriptors(const char *folder, int32_t leader)
{
    int from[HANDSHAKE_FD_LEADER + 1];
    guardian_raise_limits();
    if (handshake_open_guardian(folder, &from[HANDSHAKE_FD_END], &from[HANDSHAKE_FD_DONE]))
        return -1;
    from[0] = from[1] = from[2] = sys_open("/dev/null", O_RDWR, 0);
    from[HANDSHAKE_FD_LEADER] = (int)SYS_ARG2(SYS_pidfd_open, leader, 0);
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

/* A session of its own keeps the terminal's signals away, and "/" holds no folder that the job wants to remove. */
static int guardian_prepare(const struct lead_guardian *g)
{
    SYS_ARG0(SYS_setsid);
    return guardian_descriptors(g->spool->folder, g->spool->header->leader_pid);
}

static _Noreturn void guardian_exec(const struct lead_guardian *g)
{
    uint64_t no_signals = 0;
    SYS_ARG4(SYS_rt_sigprocmask, SIG_SETMASK, &no_signals, NULL, sizeof no_signals);
    SYS_ARG1(SYS_chdir, "/");
    handshake_be_guardian(HANDSHAKE_FD_DONE);
    __atomic_store_n(&g->spool->header->guardian_pid, 0, __ATOMIC_RELAXED); /* its program says so when it has begun */
    const char *argv[] = {"dtrack", "finish", "--guard", g->spool->folder, NULL};
    SYS_ARG3(SYS_execve, g->program, argv, g->env);
    guardian_exit();
}

/* fork, unseen by a tracer. `flags` hold the signal at the child's end, too. qemu, running a program of another machine, knows
 * fork's own flags only. */
static int guardian_fork(unsigned long flags)
{
    int pid = (int)SYS_ARG5(SYS_clone, CLONE_UNTRACED | flags, 0, 0, 0, 0);
    return pid == -EINVAL && flags != CLONE_VFORK ? (int)SYS_ARG5(SYS_clone, SIGCHLD, 0, 0, 0, 0) : pid;
}

int lead_guardian_make(const struct lead_guardian *g, unsigned long signal)
{
    int child = guardian_fork(signal);
    if (child)
        return child;
    if (guardian_prepare(g))
        guardian_exit();
    if (guardian_fork(SIGCHLD) == 0)
        guardian_exec(g);
    guardian_exit();
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

int lead_guardian_make_last(const struct lead_guardian *g)
{
    int child = guardian_fork(CLONE_VFORK); /* comes back when the child has become another program, or has failed to */
    if (child == -ENOMEM) {
        guardian_leave_namespace();
        child = guardian_fork(CLONE_VFORK);
    }
    if (child == 0) {
        if (guardian_prepare(g))
            guardian_exit();
        guardian_exec(g);
    }
    return child > 0 ? 0 : child;
}
