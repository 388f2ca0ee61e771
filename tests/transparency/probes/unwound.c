/* SPDX-License-Identifier: MIT */
/* A thread that is cancelled in waitpid, or in a handler below fork, must unwind its frames; a handler that interrupts
 * waitpid, or that fork calls, must see main below itself. Build with -fexceptions and -rdynamic. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void cleanup(int *unused)
{
    (void)unused;
    puts("unwound");
    fflush(stdout);
}

static void *waiter(void *unused)
{
    __attribute__((cleanup(cleanup))) int guarded = 0;
    (void)unused;
    return waitpid(-1, &guarded, 0) > 0 ? NULL : NULL;
}

static void *forker(void *unused)
{
    __attribute__((cleanup(cleanup))) int guarded = 0;
    (void)unused;
    pthread_cancel(pthread_self());
    (void)guarded;
    pid_t (*volatile call)(void) = fork; /* fork itself is declared not to throw: nothing would be unwound here */
    if (call() == 0)
        _exit(0);
    return NULL;
}

static void handler(int sig)
{
    void *frames[64];
    int len = backtrace(frames, 64), seen = 0;
    char **names = backtrace_symbols(frames, len);
    for (int i = 0; names && i < len; i++)
        seen |= strstr(names[i], "(main+") != NULL;
    printf("signal %d: main is %s\n", sig, seen ? "below" : "not seen");
    fflush(stdout);
}

static void before_fork(void)
{
    handler(0);
    pthread_testcancel();
}

int main(void)
{
    void *warm[4], *result;
    pthread_t thread;
    struct itimerval soon = {.it_value = {.tv_usec = 100000}};
    backtrace(warm, 4);
    pid_t child = fork();
    if (child == 0) {
        usleep(300000);
        _exit(0);
    }
    pthread_create(&thread, NULL, waiter, NULL);
    usleep(50000);
    pthread_cancel(thread);
    pthread_join(thread, &result);
    printf("cancelled %d\n", result == PTHREAD_CANCELED);
    signal(SIGALRM, handler);
    setitimer(ITIMER_REAL, &soon, NULL);
    int status = -1;
    waitpid(child, &status, 0);
    printf("status %d\n", status);
    pthread_atfork(before_fork, NULL, NULL);
    if (fork() == 0)
        _exit(0);
    wait(NULL);
    pthread_create(&thread, NULL, forker, NULL);
    pthread_join(thread, &result);
    printf("cancelled %d\n", result == PTHREAD_CANCELED);
    return 0;
}
