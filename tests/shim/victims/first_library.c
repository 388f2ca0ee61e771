/* SPDX-License-Identifier: MIT */
/* A library that is preloaded, and whose constructor runs before ours: its exit handler is called after ours. What that
 * finds of the signal mask goes to stdout. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void handler(void)
{
    sigset_t mask, pending;
    char line[] = "00\n";
    sigprocmask(SIG_SETMASK, NULL, &mask);
    sigpending(&pending);
    line[0] += sigismember(&mask, SIGTERM) || sigismember(&mask, SIGALRM) || sigismember(&mask, SIGUSR1);
    line[1] += sigismember(&pending, SIGTERM) || sigismember(&pending, SIGALRM);
    if (write(1, line, 3) < 0)
        _exit(9);
}

static __attribute__((constructor)) void begin(void)
{
    atexit(handler);
}
