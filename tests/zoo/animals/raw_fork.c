/* SPDX-License-Identifier: MIT */
/* Children made past libc, or past its fork: no hook and no fork handler hears of them. */
#include "animal.h"

#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>

static pid_t by_fork(void)
{
#ifdef SYS_fork
    return (pid_t)syscall(SYS_fork);
#else
    return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
#endif
}

static pid_t by_clone(void)
{
    return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static pid_t by_clone3(void)
{
    unsigned long args[11] = {[4] = SIGCHLD};
    return (pid_t)syscall(SYS_clone3, args, sizeof args);
}

static pid_t (*const forks[])(void) = {by_fork, by_clone, by_clone3, _Fork};

static void leave_1(void) { exit(1); }
static void leave_2(void) { _exit(2); }
static void leave_3(void) { quick_exit(3); }
static void die_by_9(void) { raise(SIGKILL); }

static void leaf_4(void)
{
    become_leaf("4");
}

/* A hook that is called later finds out whom it serves. */
static void fork_again(void)
{
    pid_t pid = fork();
    if (pid == 0)
        exit(5);
    must(reaped(pid) == 5 << 8);
    exit(6);
}

static void run_a_shell(void)
{
    must(system("exit 7") == 7 << 8);
    exit(8);
}

static void spawn(void)
{
    char *argv[] = {"leaf", "10", NULL};
    pid_t pid;
    must(!posix_spawn(&pid, "./leaf", NULL, NULL, argv, environ));
    must(reaped(pid) == 10 << 8);
    exit(11);
}

static void open_a_pipe(void)
{
    FILE *pipe = popen("exit 12", "r");
    must(pipe && pclose(pipe) == 12 << 8);
    exit(13);
}

static void have_child(pid_t (*make)(void), void (*body)(void), int status)
{
    pid_t pid = make();
    must(pid >= 0);
    if (pid == 0) {
        nap_ms(5);
        body();
        _exit(98);
    }
    must(reaped(pid) == status);
}

int main(void)
{
    for (size_t i = 0; i < ARRAY_LEN(forks); i++) {
        have_child(forks[i], leave_1, 1 << 8);
        have_child(forks[i], leave_2, 2 << 8);
        have_child(forks[i], leave_3, 3 << 8);
        have_child(forks[i], leaf_4, 4 << 8);
        have_child(forks[i], die_by_9, SIGKILL);
        have_child(forks[i], fork_again, 6 << 8);
        have_child(forks[i], run_a_shell, 8 << 8);
        have_child(forks[i], spawn, 11 << 8);
        have_child(forks[i], open_a_pipe, 13 << 8);
    }
    return 9;
}
