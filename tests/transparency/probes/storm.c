/* SPDX-License-Identifier: MIT */
/* Signals come all the time, and their handler makes and reaps children, while the program does the same, in several
 * threads, and loads and unloads a library. It must not stop, and lose nothing. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static volatile sig_atomic_t handled;
static volatile int over;

static void handler(int sig)
{
    int saved = errno, status;
    (void)sig;
    pid_t pid = _Fork(); /* fork is not for handlers: it takes malloc's locks */
    if (pid == 0)
        _exit(0);
    if (pid > 0)
        waitpid(pid, &status, 0);
    handled++;
    errno = saved;
}

static void *spawner(void *failures)
{
    char *const words[] = {"true", NULL};
    for (int i = 0; i < 60; i++) {
        pid_t pid;
        int status = -1;
        if (!posix_spawn(&pid, "/bin/true", NULL, NULL, words, environ))
            while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
            }
        if (status)
            __atomic_fetch_add((int *)failures, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

static void *loader(void *unused)
{
    while (!over) {
        void *library = dlopen("libm.so.6", RTLD_NOW);
        if (library)
            dlclose(library);
    }
    return unused;
}

static int forks_that_fail(void)
{
    int failures = 0;
    for (int i = 0; i < 200; i++) {
        int status = -1;
        pid_t pid = fork();
        if (pid == 0) {
            if (i % 4 == 0)
                execlp("true", "true", (char *)NULL);
            _exit(0);
        }
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
        failures += status != 0;
    }
    return failures;
}

int main(void)
{
    int failures = 0;
    pthread_t threads[3];
    struct itimerval often = {.it_value = {.tv_usec = 1000}, .it_interval = {.tv_usec = 1000}};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    pthread_create(&threads[0], NULL, spawner, &failures);
    pthread_create(&threads[1], NULL, spawner, &failures);
    pthread_create(&threads[2], NULL, loader, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    failures += forks_that_fail();
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
    over = 1;
    pthread_join(threads[2], NULL);
    printf("failures %d, handled %d\n", failures, handled > 0);
    return 0;
}
