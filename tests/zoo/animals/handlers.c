/* SPDX-License-Identifier: MIT */
/* A handler that has children of its own interrupts a program that is having children: anywhere, also within
 * a hook. */
#include "animal.h"

#include <signal.h>
#include <sys/time.h>

enum { CHILDREN = 60, IN_HANDLER = 40 };

static volatile sig_atomic_t handled;

static void on_alarm(int unused)
{
    int kept = errno;
    (void)unused;
    if (handled < IN_HANDLER) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(1);
        must(reaped(pid) == 1 << 8);
        handled = handled + 1;
    }
    errno = kept;
}

int main(void)
{
    const struct itimerval often = {{0, 3000}, {0, 3000}}, never = {{0, 0}, {0, 0}};
    struct sigaction action = {.sa_flags = SA_RESTART};
    action.sa_handler = on_alarm;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < CHILDREN || handled < IN_HANDLER; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            setitimer(ITIMER_REAL, &never, NULL); /* not inherited, but it may have been about to ring */
            handled = IN_HANDLER;
            if (i % 2)
                become_leaf("2");
            exit(3);
        }
        must(reaped(pid) == (i % 2 ? 2 : 3) << 8);
    }
    setitimer(ITIMER_REAL, &never, NULL);
    return 4;
}
