/* SPDX-License-Identifier: MIT */
/* A library whose constructor and destructor have children: loaded late, or preloaded before or after us. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void have_child(int status)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(status);
    waitpid(pid, NULL, 0);
}

static void leave_no_child(void)
{
    have_child(33);
}

static __attribute__((constructor)) void begin(void)
{
    have_child(31);
    atexit(leave_no_child);
}

static __attribute__((destructor)) void end(void)
{
    have_child(32);
}
