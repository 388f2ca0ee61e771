/* SPDX-License-Identifier: MIT */
/* vfork: the child runs in its parent's memory until it execs or leaves. */
#include "animal.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>

static void executes(void)
{
    pid_t pid = vfork();
    if (pid == 0) {
        become_leaf("3");
        _exit(127);
    }
    must(reaped(pid) == 3 << 8);
}

/* The failed exec must leave no trace in the parent, which lives on. */
static void fails(void)
{
    char *argv[] = {"nothing", NULL}, *envp[] = {NULL};
    pid_t pid = vfork();
    if (pid == 0) {
        execve("/nonexistent/nothing", argv, envp);
        _exit(errno == ENOENT ? 127 : 1);
    }
    must(reaped(pid) == 127 << 8);
    nap_ms(20);
    exit(5);
}

/* As a shell looks a command up by itself. */
static void searches(void)
{
    pid_t pid = vfork();
    if (pid == 0) {
        execl("/nonexistent/leaf", "leaf", "4", (char *)NULL);
        execl("/dev/null", "leaf", "4", (char *)NULL);
        execl("./leaf_static", "leaf_static", "4", (char *)NULL);
        _exit(127);
    }
    must(reaped(pid) == 4 << 8);
}

static void leaves(void)
{
    pid_t pid = vfork();
    if (pid == 0) {
        execl("./leaf_static/nothing", "leaf_static", (char *)NULL);
        _exit(6);
    }
    must(reaped(pid) == 6 << 8);
    pid = vfork();
    if (pid == 0)
        _exit(7);
    must(reaped(pid) == 7 << 8);
}

/* Forbidden, and done: the exit handlers of its parent run in the child, on the parent's memory. The parent then has none. */
static void exits(void)
{
    pid_t pid = vfork();
    if (pid == 0)
        exit(6);
    must(reaped(pid) == 6 << 8);
    pid = fork();
    if (pid == 0) {
        become_leaf("3");
        _exit(127);
    }
    must(reaped(pid) == 3 << 8);
    _exit(5);
}

/* No hook may ask who it serves then. */
static void exits_in_a_sandbox(void)
{
    must(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    exits();
}

/* The kernel reaps them itself. */
static void leaves_unreaped(void)
{
    must(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
    if (vfork() == 0) {
        execl("/nonexistent/leaf", "leaf", (char *)NULL);
        _exit(6);
    }
    if (vfork() == 0)
        _exit(7);
}

static void *work(void *unused)
{
    for (int i = 0; i < 10; i++)
        executes();
    return unused;
}

static void from_threads(void)
{
    pthread_t threads[4];
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        must(!pthread_create(&threads[i], NULL, work, NULL));
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        pthread_join(threads[i], NULL);
}

static const struct way ways[] = {
    {"executes", executes},
    {"fails", fails},
    {"searches", searches},
    {"leaves", leaves},
    {"from_threads", from_threads},
    {"exits", exits},
    {"exits_in_a_sandbox", exits_in_a_sandbox},
    {"leaves_unreaped", leaves_unreaped},
};

ANIMAL_MAIN(ways)
