/* SPDX-License-Identifier: MIT */
/* What a program of this folder sees and says. All that it does is told to descriptor LOG, in lines that begin with a symbolic name,
 * and no line holds a process id, an address or a time. */
#ifndef SEE_H
#define SEE_H

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

#ifndef TOOLS
#define TOOLS "."
#endif
#ifndef FORM
#define FORM "program"
#endif

enum {
    LOG = 190,
    MANY = 600,
    TALL_STACK = 64 << 10,
    SMALL_STACK = 8 << 10,
    SMALL_THREAD = 20 << 10,
    STRING = 120 << 10,
    STRINGS = 64
};

#define OWN_USER 100000 /* from here on each execution has a user of its own, whose number is not told */

extern char **environ;

#ifndef __GLIBC__
#define execveat(...) syscall(SYS_execveat, __VA_ARGS__)
#endif

/* One line of the log, whole. */
static __attribute__((unused, format(printf, 1, 2))) void say(const char *format, ...)
{
    char line[256];
    int saved = errno;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    line[length++] = '\n';
    if (write(LOG, line, (size_t)length) < 0)
        _exit(96);
    errno = saved;
}

/* Is it one of the variables that a watched program has more? */
static int is_ours(const char *variable)
{
    return !strncmp(variable, "DTRACK_", 7) || !strncmp(variable, "LD_PRELOAD=", 11);
}

static void show_env(const char *name)
{
    int count = 0;
    for (char **variable = environ; variable && *variable; variable++)
        count += !is_ours(*variable);
    say("%s has %d variables", name, count);
}

static void show_mask(const char *name)
{
    char text[65] = "", *end = text;
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    for (int number = 1; number < 32; number++)
        *end++ = sigismember(&mask, number) ? '1' : '0';
    say("%s mask %s", name, text);
}

static void show_dispositions(const char *name)
{
    char text[65] = "", *end = text;
    for (int number = 1; number < 32; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action))
            continue;
        *end++ = action.sa_handler == SIG_DFL ? '-' : action.sa_handler == SIG_IGN ? 'i' : 'h';
    }
    say("%s dispositions %s", name, text);
}

static void show_descriptors(const char *name)
{
    char text[256] = "";
    size_t length = 0;
    for (int fd = 0; fd < 64; fd++)
        if (fcntl(fd, F_GETFD) >= 0 && length < sizeof text - 8)
            length += (size_t)snprintf(text + length, sizeof text - length, " %d", fd);
    say("%s descriptors%s", name, text);
}

static void show_limits(const char *name)
{
    static const int kinds[] = {RLIMIT_NOFILE, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_FSIZE, RLIMIT_NPROC};
    for (int i = 0; i < 5; i++) {
        struct rlimit limit;
        getrlimit(kinds[i], &limit);
        say("%s limit %d is %lld", name, kinds[i], (long long)limit.rlim_cur);
    }
}

/* Does the kernel know a child of ours, and have any been waited for? */
static void show_children(const char *name)
{
    siginfo_t info = {0};
    struct rusage usage;
    int answer = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL);
    getrusage(RUSAGE_CHILDREN, &usage);
    say("%s children: %s, %s", name, answer ? "none" : "some", usage.ru_maxrss || usage.ru_minflt ? "used" : "unused");
}

static void show_self(const char *name)
{
    int reaper = 0;
    char cwd[512] = "";
    stack_t stack;
    mode_t mask = umask(0);
    umask(mask);
    prctl(PR_GET_CHILD_SUBREAPER, &reaper, 0, 0, 0);
    sigaltstack(NULL, &stack);
    int uid = (int)(geteuid() < OWN_USER ? geteuid() : OWN_USER);
    say("%s umask %o, subreaper %d, altstack %d, uid %d, errno %d, folder %s", name, (unsigned)mask, reaper,
        stack.ss_flags, uid, errno, getcwd(cwd, sizeof cwd) ? strrchr(cwd, '/') : "gone");
}

/* Tell about one part of what a process can see of itself. */
static __attribute__((unused)) void show(const char *name, const char *what)
{
    static const struct {
        const char *what;
        void (*tell)(const char *name);
    } parts[] = {{"env", show_env},       {"mask", show_mask},         {"dispositions", show_dispositions},
                 {"limits", show_limits}, {"children", show_children}, {"descriptors", show_descriptors},
                 {"self", show_self}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strcmp(parts[i].what, what))
            parts[i].tell(name);
}

static __attribute__((unused)) void tell(const char *name, const char *how, int status)
{
    if (WIFEXITED(status))
        say("%s %s exit %d", name, how, WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        say("%s %s signal %d", name, how, WTERMSIG(status));
    else
        say("%s %s status %d", name, how, status);
}

static int wait_by_waitid(pid_t pid, int options)
{
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | options))
        return -1;
    return info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status;
}

static pid_t wait_once(const char *how, pid_t pid, int *status)
{
    struct rusage usage;
    if (!strcmp(how, "wait"))
        return wait(status);
    if (!strcmp(how, "wait3"))
        return wait3(status, 0, &usage);
    if (!strcmp(how, "wait4"))
        return wait4(pid, status, 0, &usage);
    if (!strcmp(how, "any"))
        return waitpid(-1, status, 0);
    if (!strcmp(how, "raw"))
        return (pid_t)syscall(SYS_wait4, pid, status, 0, NULL);
    if (!strcmp(how, "waitid"))
        return (*status = wait_by_waitid(pid, 0)) < 0 ? -1 : pid;
    if (!strcmp(how, "peek"))
        wait_by_waitid(pid, WNOWAIT);
    if (!strcmp(how, "nohang")) {
        pid_t got;
        while ((got = waitpid(pid, status, WNOHANG)) == 0)
            usleep(1000);
        return got;
    }
    return waitpid(pid, status, 0);
}

/* Wait for a child in one of many ways, or not at all. */
static __attribute__((unused)) void await(const char *name, const char *how, pid_t pid)
{
    int status = -1;
    if (pid < 0) {
        say("%s no child, errno %d", name, errno);
        return;
    }
    if (!strcmp(how, "none"))
        return;
    if (!strcmp(how, "all")) {
        while (waitpid(-1, &status, 0) > 0)
            tell(name, "reaped", status);
        say("%s all reaped, errno %d", name, errno);
        return;
    }
    if (wait_once(how, pid, &status) < 0)
        say("%s %s failed, errno %d", name, how, errno);
    else
        tell(name, how, status);
}

#endif
