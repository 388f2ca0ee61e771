/* SPDX-License-Identifier: MIT */
/* after_main alarm|handler|thread: what is still going on when main returns must not get time to happen: a timer due in a few
 * milliseconds, with or without a handler; a thread that would soon crash. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static void soon(void)
{
    struct itimerval timer = {.it_value = {.tv_usec = 4000}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void handler(int sig)
{
    (void)sig;
    if (write(1, "too late\n", 9) < 0)
        _exit(9);
}

static void *crashing(void *unused)
{
    usleep(4000);
    raise(SIGSEGV);
    return unused;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    const char *way = argc > 1 ? argv[1] : "";
    if (!strcmp(way, "handler"))
        signal(SIGALRM, handler);
    if (!strcmp(way, "thread"))
        pthread_create(&thread, NULL, crashing, NULL);
    else
        soon();
    printf("the last line, not flushed");
    return 0;
}
