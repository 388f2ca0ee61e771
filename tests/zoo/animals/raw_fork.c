/* SPDX-License-Identifier: MIT */
/* Children made past libc, or past its fork: no hook and no fork handler hears of them. */
#include "animal.h"

#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/prctl.h>
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
    uint64_t args[11] = {[4] = SIGCHLD};
    return (pid_t)syscall(SYS_clone3, args, sizeof args);
}

/* Machine code of its own: nobody can see it coming. */
static pid_t by_instruction(void)
{
#ifdef __x86_64__
    long ret;
    register long r10 __asm__("r10") = 0;
    register long r8 __asm__("r8") = 0;
    __asm__ volatile("syscall"
                     : "=a"(ret)
                     : "a"(SYS_clone), "D"(SIGCHLD), "S"(0), "d"(0), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return (pid_t)ret;
#else
    return by_clone();
#endif
}

static const struct fork_way {
    const char *name;
    pid_t (*make)(void);
} ways[] = {
    {"fork", by_fork}, {"clone", by_clone}, {"clone3", by_clone3}, {"instruction", by_instruction}, {"libc", _Fork}};

static void leave_1(void)
{
    exit(1);
}
static void leave_2(void)
{
    _exit(2);
}
static void leave_3(void)
{
    quick_exit(3);
}
static void die_by_9(void)
{
    raise(SIGKILL);
}

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

/* What a vfork child does before its exec is its own affair, and its program's parent is the one that called vfork. */
static void vfork_a_leaf(void)
{
    pid_t pid = vfork();
    if (pid == 0) {
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        become_leaf("14");
        _exit(127);
    }
    must(reaped(pid) == 14 << 8);
    exit(15);
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

int main(int argc, char **argv)
{
    size_t way = 0;
    while (argc > 1 && way < ARRAY_LEN(ways) && strcmp(ways[way].name, argv[1]))
        way++;
    must(argc > 1 && way < ARRAY_LEN(ways));
    pid_t (*make)(void) = ways[way].make;
    have_child(make, leave_1, 1 << 8);
    have_child(make, leave_2, 2 << 8);
    have_child(make, leave_3, 3 << 8);
    have_child(make, leaf_4, 4 << 8);
    have_child(make, die_by_9, SIGKILL);
    have_child(make, fork_again, 6 << 8);
    have_child(make, run_a_shell, 8 << 8);
    have_child(make, spawn, 11 << 8);
    have_child(make, open_a_pipe, 13 << 8);
    if (make == by_fork || make == by_clone)
        have_child(make, vfork_a_leaf, 15 << 8);
    return 9;
}
