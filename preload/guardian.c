/* SPDX-License-Identifier: MIT */
/* Makes the guardian: two forks and an exec, by raw system calls only. The host sees nothing of it: the first child
 * has no exit signal and is reaped here, the second one belongs to init. */
#include "guardian.h"

#include <alloca.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/sys.h"
#include "base/text.h"
#include "shim.h"
#include "spool/handshake.h"
#include "spool/segment.h"

#define PATH_ROOM (2 * SPOOL_PATH_MAX)
#define FD_SAFE 10 /* descriptors are moved above this before 0 to 5 are given out */

/* Where the program may be, from the library's folder: installed, and in a build folder. */
static const char place_installed[] = DTRACK_PROGRAM_FROM_LIBRARY;
static const char place_built[] = "/../lib/cmd/dtrack";

static int guardian_program(const char *library, const char *place, char *out, size_t room)
{
    size_t slash = 0;
    for (size_t i = 0; library[i]; i++)
        if (library[i] == '/')
            slash = i;
    struct text t = text_into(out, room);
    text_add(&t, library, slash);
    text_str(&t, place);
    return t.cut ? -ENAMETOOLONG : 0;
}

/* The caller's environment without the variables that would make the guardian a part of the run. */
static void guardian_environment(char **out, char *const *envp)
{
    for (; envp && *envp; envp++) {
        const char *entry = *envp;
        if (!text_take(&entry, "LD_PRELOAD=\0DTRACK_RUN=\0DTRACK_FROM=\0"))
            *out++ = *envp;
    }
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

static _Noreturn void guardian_exec(const char *folder, const char *library, char *const *env)
{
    uint64_t no_signals = 0;
    SYS_ARG4(SYS_rt_sigprocmask, SIG_SETMASK, &no_signals, NULL, sizeof no_signals);
    SYS_ARG1(SYS_chdir, "/");
    const char *argv[] = {"dtrack", "finish", "--guard", folder, NULL};
    char program[PATH_ROOM];
    if (!guardian_program(library, place_installed, program, sizeof program))
        SYS_ARG3(SYS_execve, program, argv, env);
    if (!guardian_program(library, place_built, program, sizeof program))
        SYS_ARG3(SYS_execve, program, argv, env);
    guardian_exit();
}

/* fork without an exit signal, unseen by a tracer. qemu, running a program of another machine, knows only the usual one;
 * its signal finds no handler: the program has not begun, or the leader has blocked it to end. */
static int guardian_fork(void)
{
    int pid = (int)SYS_ARG5(SYS_clone, CLONE_UNTRACED, 0, 0, 0, 0);
    return pid == -EINVAL ? (int)SYS_ARG5(SYS_clone, SIGCHLD, 0, 0, 0, 0) : pid;
}

int guardian_start(const char *folder, const char *library, char *const *envp)
{
    size_t n = 0;
    while (envp && envp[n])
        n++;
    char **env = alloca((n + 1) * sizeof *env);
    guardian_environment(env, envp);
    int child = guardian_fork();
    if (child < 0)
        return child;
    if (child == 0) {
        SYS_ARG0(SYS_setsid);
        if (guardian_descriptors(folder))
            guardian_exit();
        if (guardian_fork() == 0)
            guardian_exec(folder, library, env);
        guardian_exit();
    }
    while (SYS_ARG4(SYS_wait4, child, NULL, __WALL, NULL) == -EINTR) {
    }
    return 0;
}
