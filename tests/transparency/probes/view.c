/* SPDX-License-Identifier: MIT */
/* Prints what a program can see of itself: descriptors, signals, environment, limits, identity, terminals. Nothing
 * in it may differ from one run to the next, so that two runs can be compared byte for byte.
 *
 * view [fork|system|spawn|exec PROGRAM]: look, then have a child made that way look as well. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* What a descriptor leads to, without the numbers that differ between two runs. */
static void view_target(int fd)
{
    char link[64], target[256];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, target, sizeof target - 1);
    target[len > 0 ? len : 0] = '\0';
    if (strstr(target, ":["))
        *strstr(target, ":[") = '\0';
    if (!strncmp(target, "/dev/pts/", 9))
        target[9] = '\0';
    printf(" %s", target);
}

static void view_descriptors(void)
{
    for (int fd = 0; fd < 1024; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags < 0)
            continue;
        struct stat st = {0};
        fstat(fd, &st);
        int status = fcntl(fd, F_GETFL);
        long at = (status & O_ACCMODE) == O_RDONLY ? (long)lseek(fd, 0, SEEK_CUR) : 0;
        printf("fd %d flags %d mode %#x status %#x at %ld tty %d", fd, flags, st.st_mode, status, at, isatty(fd));
        view_target(fd);
        putchar('\n');
    }
}

/* The lines of the status file that say how the process was set up, and not how it fares. */
static void view_status(void)
{
    static const char *const wanted[] = {
        "Umask:",       "Uid:",          "Gid:",    "Groups:",       "Threads:",     "SigPnd:",
        "ShdPnd:",      "SigBlk:",       "SigIgn:", "SigCgt:",       "CapInh:",      "CapPrm:",
        "CapEff:",      "CapBnd:",       "CapAmb:", "NoNewPrivs:",   "Seccomp:",     "Seccomp_filters:",
        "CoreDumping:", "TracerPid:\t0", "VmLck:",  "Cpus_allowed:", "THP_enabled:", NULL};
    char line[4096];
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        for (const char *const *w = wanted; *w; w++)
            if (!strncmp(line, *w, strlen(*w)))
                fputs(line, stdout);
    if (status)
        fclose(status);
}

static void view_signals(void)
{
    for (int sig = 1; sig < 65; sig++) {
        struct sigaction action;
        if (!sigaction(sig, NULL, &action) && action.sa_handler != SIG_DFL)
            printf("signal %d %s flags %#x\n", sig, action.sa_handler == SIG_IGN ? "ignored" : "handled",
                   (unsigned)action.sa_flags);
    }
    stack_t stack;
    sigaltstack(NULL, &stack);
    printf("alternate stack flags %d size %zu\n", stack.ss_flags, stack.ss_size);
}

static void view_limits(void)
{
    for (int which = 0; which < 16; which++) {
        struct rlimit limit;
        if (!getrlimit(which, &limit))
            printf("limit %d %llx %llx\n", which, (unsigned long long)limit.rlim_cur,
                   (unsigned long long)limit.rlim_max);
    }
    for (int which = 0; which < 3; which++) {
        struct itimerval timer;
        getitimer(which, &timer);
        printf("timer %d armed %d\n", which, timer.it_value.tv_sec || timer.it_value.tv_usec);
    }
}

/* Process groups and sessions as relations: the numbers are new each time. */
static void view_identity(void)
{
    struct sched_param param = {0};
    char cwd[4096];
    int death = 0, reaper = 0;
    prctl(PR_GET_PDEATHSIG, &death);
    prctl(PR_GET_CHILD_SUBREAPER, &reaper);
    sched_getparam(0, &param);
    printf("group leader %d, session leader %d, parent in group %d, parent in session %d, foreground %d\n",
           getpgrp() == getpid(), getsid(0) == getpid(), getpgid(getppid()) == getpgrp(),
           getsid(getppid()) == getsid(0), tcgetpgrp(0) == getpgrp());
    printf("cwd %s nice %d scheduler %d priority %d\n", getcwd(cwd, sizeof cwd), getpriority(PRIO_PROCESS, 0),
           sched_getscheduler(0), param.sched_priority);
    printf("dumpable %d death signal %d reaper %d slack %d keepcaps %d\n", prctl(PR_GET_DUMPABLE), death, reaper,
           prctl(PR_GET_TIMERSLACK), prctl(PR_GET_KEEPCAPS));
    printf("locale %s\n", setlocale(LC_ALL, NULL));
    printf("children to wait for: %s\n", waitpid(-1, NULL, WNOHANG | __WALL) < 0 ? strerror(errno) : "some");
}

/* LD_PRELOAD apart from the others: a program that sets it finds it at another place when it is there already. */
static void view_environment(void)
{
    for (char **e = environ; *e; e++)
        if (strncmp(*e, "LD_PRELOAD=", 11))
            printf("%s\n", *e);
    for (char **e = environ; *e; e++)
        if (!strncmp(*e, "LD_PRELOAD=", 11))
            printf("%s\n", *e);
}

static void view(const char *who, char **argv, int first_errno)
{
    printf("== %s, errno %d\n", who, first_errno);
    for (; *argv; argv++)
        printf("argument %s\n", *argv);
    view_environment();
    view_descriptors();
    view_status();
    view_signals();
    view_limits();
    view_identity();
    fflush(stdout);
}

static int child_status(pid_t pid)
{
    int status = 0;
    return waitpid(pid, &status, 0) == pid ? status : -1;
}

static int view_in_fork(char **argv)
{
    pid_t pid = fork();
    if (pid)
        return child_status(pid);
    view("fork", argv + 1, errno);
    _exit(4);
}

static int view_in_spawn(char **argv)
{
    pid_t pid;
    int err = posix_spawnp(&pid, argv[2], NULL, NULL, argv + 2, environ);
    return err ? err : child_status(pid);
}

static int view_in_exec(char **argv)
{
    pid_t pid = vfork();
    if (pid)
        return child_status(pid);
    execvp(argv[2], argv + 2);
    _exit(127);
}

int main(int argc, char **argv)
{
    view("main", argv, errno);
    if (argc < 3)
        return argc == 2 ? atoi(argv[1]) : 0;
    int status = !strcmp(argv[1], "fork")     ? view_in_fork(argv)
                 : !strcmp(argv[1], "system") ? system(argv[2])
                 : !strcmp(argv[1], "spawn")  ? view_in_spawn(argv)
                                              : view_in_exec(argv);
    printf("status of the child %#x\n", status);
    return 3;
}
