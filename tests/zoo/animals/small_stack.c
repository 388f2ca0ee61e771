/* SPDX-License-Identifier: MIT */
/* Little stack: threads with 32 KiB of it, and signal handlers on a stack of their own, that start others. */
#include "animal.h"

#include <pthread.h>
#include <signal.h>
#include <spawn.h>

enum { THREAD_STACK = 32 << 10 };

static char *words[] = {"leaf", "1", NULL};
static char *static_words[] = {"leaf_static", "2", NULL};

static void *fork_one(void *unused)
{
    pid_t pid = fork();
    if (pid == 0)
        execv("./leaf", words);
    must(reaped(pid) == 1 << 8);
    pid = fork();
    if (pid == 0)
        execv("./leaf_static", static_words);
    must(reaped(pid) == 2 << 8);
    return unused;
}

static void *spawn_one(void *unused)
{
    pid_t pid;
    must(!posix_spawn(&pid, "./leaf", NULL, NULL, words, environ));
    must(reaped(pid) == 1 << 8);
    must(!posix_spawnp(&pid, "./leaf_static", NULL, NULL, static_words, environ));
    must(reaped(pid) == 2 << 8);
    return unused;
}

static void *run_shell(void *unused)
{
    must(system("exit 3") == 3 << 8);
    return unused;
}

static void *become_one(void *unused)
{
    execvp("leaf", words);
    return unused;
}

static void in_thread(void *(*body)(void *))
{
    pthread_attr_t attr;
    pthread_t thread;
    must(!pthread_attr_init(&attr) && !pthread_attr_setstacksize(&attr, THREAD_STACK));
    must(!pthread_create(&thread, &attr, body, NULL));
    must(!pthread_join(thread, NULL));
}

static void thread(void)
{
    in_thread(fork_one);
    in_thread(spawn_one);
    in_thread(run_shell);
    must(!setenv("PATH", ".", 1));
    in_thread(become_one);
}

/* An environment of some size: its copy must not go to that stack. */
static void thread_with_variables(void)
{
    char name[32];
    for (int i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "VARIABLE_%d", i);
        must(!setenv(name, "value", 1));
    }
    thread();
}

static void on_usr1(int unused)
{
    (void)unused;
    fork_one(NULL);
    spawn_one(NULL);
    execv("./leaf", words);
}

/* As crash reporters do, with the stack that the system names. */
static void handler(void)
{
    size_t size = (size_t)sysconf(_SC_SIGSTKSZ);
    stack_t stack = {.ss_sp = malloc(size), .ss_size = size};
    struct sigaction action = {.sa_flags = SA_ONSTACK};
    action.sa_handler = on_usr1;
    must(!sigaltstack(&stack, NULL) && !sigaction(SIGUSR1, &action, NULL));
    raise(SIGUSR1);
}

static const struct way ways[] = {
    {"thread", thread},
    {"thread_with_variables", thread_with_variables},
    {"handler", handler},
};

ANIMAL_MAIN(ways)
