/* SPDX-License-Identifier: MIT */
/* Many threads, each starting children and waiting for them; exec and exit by any of them. */
#include "animal.h"

#include <pthread.h>
#include <spawn.h>

enum { THREADS = 64, CHILDREN = 20 };

static void in_threads(size_t count, void *(*body)(void *))
{
    pthread_t threads[THREADS];
    for (size_t i = 0; i < count; i++)
        must(!pthread_create(&threads[i], NULL, body, NULL));
    for (size_t i = 0; i < count; i++)
        must(!pthread_join(threads[i], NULL));
}

static void *fork_children(void *unused)
{
    for (int i = 0; i < CHILDREN; i++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(7);
        must(reaped(pid) == 7 << 8);
    }
    return unused;
}

static void *spawn_children(void *unused)
{
    char *argv[] = {"leaf", "8", NULL};
    for (int i = 0; i < 5; i++) {
        pid_t pid;
        must(!posix_spawn(&pid, "./leaf", NULL, NULL, argv, environ));
        must(reaped(pid) == 8 << 8);
    }
    return unused;
}

static void *turn(void *unused)
{
    for (;;)
        usleep(100);
    return unused;
}

static void *execute(void *unused)
{
    become_leaf("9");
    return unused;
}

static void *leave(void *unused)
{
    _exit(10);
    return unused;
}

/* The last to act is a thread, with the others in the midst of something. */
static void last_act(void *(*body)(void *))
{
    pthread_t thread;
    for (int i = 0; i < 8; i++)
        must(!pthread_create(&thread, NULL, turn, NULL));
    must(!pthread_create(&thread, NULL, body, NULL));
    turn(NULL);
}

static void forking(void)
{
    in_threads(THREADS, fork_children);
}
static void spawning(void)
{
    in_threads(8, spawn_children);
}
static void executing(void)
{
    last_act(execute);
}
static void leaving(void)
{
    last_act(leave);
}

/* Its process id stays, its leader thread is gone. */
static void executing_alone(void)
{
    pthread_t thread;
    must(!pthread_create(&thread, NULL, execute, NULL));
    pthread_exit(NULL);
}

static const struct way ways[] = {
    {"forking", forking},
    {"spawning", spawning},
    {"executing", executing},
    {"leaving", leaving},
    {"executing_alone", executing_alone},
};

ANIMAL_MAIN(ways)
