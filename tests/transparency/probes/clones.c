/* SPDX-License-Identifier: MIT */
/* clones WAY: make a child past fork and posix_spawn: by clone with and without shared memory, by the bare system call,
 * by _Fork, daemon and forkpty; nested; and let it end, or exec $VIEW. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char stack[65536] __attribute__((aligned(16)));

static int run_view(void *unused)
{
    char *const words[] = {"view", "3", NULL};
    (void)unused;
    execvp(getenv("VIEW"), words);
    _exit(127);
}

static int leave(void *unused)
{
    (void)unused;
    _exit(4);
}

static int fail_to_exec(void *unused)
{
    (void)unused;
    execl("/nonexistent", "x", (char *)NULL);
    _exit(errno);
}

static void waited(const char *what, pid_t pid)
{
    int status = -1;
    int same = waitpid(pid, &status, __WALL) == pid;
    printf("%s: %d status %#x\n", what, same, status);
    fflush(stdout);
}

static void by_clone(const char *what, int flags)
{
    waited(what, clone(run_view, stack + sizeof stack, flags, NULL));
    waited(what, clone(leave, stack + sizeof stack, flags, NULL));
    waited(what, clone(fail_to_exec, stack + sizeof stack, flags, NULL));
}

static void by_system_call(void)
{
    pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0)
        exit(5); /* runs the exit handlers in a child that nobody was told of */
    waited("bare clone", pid);
    pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0)
        run_view(NULL);
    waited("bare clone", pid);
}

static void by_bare_fork(void)
{
    pid_t pid = _Fork();
    if (pid == 0)
        run_view(NULL);
    waited("_Fork", pid);
}

/* The child forks, the grandchild does, and each passes a status on. */
static void nested(int depth)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        if (depth)
            nested(depth - 1);
        exit(depth + 1);
    }
    waitpid(pid, &status, 0);
    printf("depth %d: %#x\n", depth, status);
    fflush(stdout);
}

static void by_vfork_twice(void)
{
    pid_t pid = vfork();
    if (pid == 0) {
        pid_t inner = vfork();
        if (inner == 0)
            _exit(6);
        _exit(inner > 0 ? 7 : 8);
    }
    waited("vfork in vfork", pid);
}

static void by_terminal(void)
{
    int master;
    char text[64] = "";
    pid_t pid = forkpty(&master, NULL, NULL, NULL);
    if (pid == 0) {
        puts(isatty(0) ? "a terminal" : "no terminal");
        exit(9);
    }
    if (read(master, text, sizeof text - 1) > 0)
        printf("child says %s", text);
    waited("forkpty", pid);
}

static void by_daemon(void)
{
    int ends[2];
    char byte;
    if (pipe(ends))
        exit(99);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        if (daemon(1, 1))
            _exit(98);
        puts(getsid(0) == getpid() ? "a daemon" : "no daemon");
        exit(10);
    }
    close(ends[1]);
    printf("the daemon has gone: %zd\n", read(ends[0], &byte, 1));
    waited("daemon's parent", pid);
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!strcmp(way, "clone")) {
        by_clone("clone", SIGCHLD);
        by_clone("clone without a signal", 0);
        by_clone("clone of memory", CLONE_VM | CLONE_VFORK | SIGCHLD);
    } else if (!strcmp(way, "bare")) {
        by_system_call();
        by_bare_fork();
    } else if (!strcmp(way, "nested")) {
        nested(5);
        by_vfork_twice();
    } else if (!strcmp(way, "daemon")) {
        by_daemon();
        by_terminal();
    }
    return 11;
}
