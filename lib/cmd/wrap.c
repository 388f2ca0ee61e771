/* SPDX-License-Identifier: MIT */
/* Signals are blocked and waited for, never caught: a handler's disposition would be lost at the command's exec, and so
 * would it be that a signal was ignored, as below nohup. */
#include "cmd/wrap.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

void wrap_hold(struct wrap *w)
{
    static const int let_through[] = {SIGTSTP, SIGTTIN, SIGTTOU,
                                      SIGCONT}; /* the shell sees both stop, and both go on */
    w->pid = getpid();
    if (prctl(PR_GET_PDEATHSIG, &w->death_signal))
        w->death_signal = 0;
    sigfillset(&w->waited_for);
    for (size_t i = 0; i < ARRAY_LEN(let_through); i++)
        sigdelset(&w->waited_for, let_through[i]);
    sigprocmask(SIG_BLOCK, &w->waited_for, &w->mask);
    /* an ignored SIGCHLD is inherited, and would take the status with it */
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_DFL}, &w->child);
}

/* A death signal outlives an exec, but not a fork: the command would have had it without us. With it, a chain of deaths by
 * SIGKILL, which we can't pass on, reaches the command. */
static void inherit_death_signal(const struct wrap *w)
{
    if (w->death_signal && !prctl(PR_SET_PDEATHSIG, w->death_signal) && getppid() != w->pid)
        raise(w->death_signal); /* it has been too late for the request */
}

void wrap_release(const struct wrap *w)
{
    inherit_death_signal(w);
    sigaction(SIGCHLD, &w->child, NULL);
    sigprocmask(SIG_SETMASK, &w->mask, NULL);
}

/* What the kernel sends for the terminal, it sends to the whole group, and so to the command. A timer that was set before we
 * were executed is ours alone: a command that was executed instead of us would have it. */
static bool is_ours_alone(const siginfo_t *info)
{
    switch (info->si_signo) {
    case SIGCHLD:
        return false;
    case SIGALRM:
    case SIGVTALRM:
    case SIGPROF:
        return true;
    default:
        return info->si_code <= 0;
    }
}

static void pass_on(pid_t pid, const siginfo_t *info)
{
    if (!is_ours_alone(info))
        return;
    if (info->si_code != SI_QUEUE || sigqueue(pid, info->si_signo, info->si_value))
        kill(pid, info->si_signo);
}

int wrap_wait(const struct wrap *w, pid_t pid, struct rusage *usage)
{
    int status = 126 << 8; /* should it be lost */
    while (!wait4(pid, &status, WNOHANG, usage)) {
        siginfo_t info;
        if (sigwaitinfo(&w->waited_for, &info) > 0)
            pass_on(pid, &info);
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
