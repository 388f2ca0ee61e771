/* SPDX-License-Identifier: MIT */
/* endings WAY: leave, with handlers of every kind registered, each of which says that it ran. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *text)
{
    if (write(1, text, strlen(text)) < 0)
        _Exit(99);
}

static void at_exit_first(void)
{
    say("first registered\n");
}

static void at_exit_last(void)
{
    say("last registered\n");
}

static void at_quick(void)
{
    say("quick\n");
}

static void on_status(int status, void *unused)
{
    char line[32];
    (void)unused;
    snprintf(line, sizeof line, "status %d\n", status);
    say(line);
}

static __attribute__((destructor)) void destructor(void)
{
    say("destructor\n");
}

static void *exit_in_thread(void *unused)
{
    (void)unused;
    exit(6);
}

static void *linger(void *unused)
{
    usleep(30000);
    say("the last thread\n");
    return unused;
}

static int with_thread(void *(*body)(void *))
{
    pthread_t thread;
    pthread_create(&thread, NULL, body, NULL);
    if (body == linger)
        pthread_exit(NULL);
    pthread_join(thread, NULL);
    return 0;
}

/* All handlers were inherited. */
static int in_fork(void)
{
    int status = 0;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        exit(7);
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status) + 1;
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    atexit(at_exit_first);
    on_exit(on_status, NULL);
    at_quick_exit(at_quick);
    atexit(at_exit_last);
    printf("not flushed yet\n");
    if (!strcmp(way, "exit"))
        exit(259);
    if (!strcmp(way, "_exit"))
        _exit(260);
    if (!strcmp(way, "_Exit"))
        _Exit(5);
    if (!strcmp(way, "quick_exit"))
        quick_exit(6);
    if (!strcmp(way, "abort"))
        abort();
    if (!strcmp(way, "raw"))
        syscall(SYS_exit_group, 8);
    if (!strcmp(way, "raw_thread"))
        syscall(SYS_exit, 9);
    if (!strcmp(way, "thread"))
        return with_thread(exit_in_thread);
    if (!strcmp(way, "fork"))
        return in_fork();
    if (!strcmp(way, "linger"))
        return with_thread(linger);
    if (!strncmp(way, "signal", 6))
        raise(atoi(way + 6));
    return 10;
}
