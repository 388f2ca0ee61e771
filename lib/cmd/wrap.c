/* SPDX-License-Identifier: MIT */
/* Signals are blocked and waited for, never caught: a handler's disposition would be lost at the command's exec, and so
 * would it be that a signal was ignored, as below nohup. */
#include "cmd/wrap.h"

#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

void wrap_hold(struct wrap *w)
{
    static const int held[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD};
    sigemptyset(&w->waited_for);
    for (size_t i = 0; i < ARRAY_LEN(held); i++)
        sigaddset(&w->waited_for, held[i]);
    sigprocmask(SIG_BLOCK, &w->waited_for, &w->mask);
    /* an ignored SIGCHLD is inherited, and would take the status with it */
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_DFL}, &w->child);
}

void wrap_release(const struct wrap *w)
{
    sigaction(SIGCHLD, &w->child, NULL);
    sigprocmask(SIG_SETMASK, &w->mask, NULL);
}

int wrap_wait(const struct wrap *w, pid_t pid, struct rusage *usage)
{
    int status = 126 << 8; /* should it be lost */
    while (!wait4(pid, &status, WNOHANG, usage)) {
        siginfo_t info;
        int sig = sigwaitinfo(&w->waited_for, &info);
        if (sig > 0 && sig != SIGCHLD && info.si_code <= 0) /* above 0 it is from the kernel, for the whole group */
            kill(pid, sig);
    }
    return status;
}

/* A script that is stopped by Ctrl-C stops only if it sees its child die of it. */
int wrap_leave_like(int status)
{
    if (!WIFSIGNALED(status))
        return WEXITSTATUS(status);
    int sig = WTERMSIG(status);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, sig);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* the command's own is the interesting one */
    sigaction(sig, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    raise(sig);
    return 128 + sig;
}
