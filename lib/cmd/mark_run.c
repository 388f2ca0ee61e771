/* SPDX-License-Identifier: MIT */
/* dtrack-mark run: a command as a task. To the command and to whoever called it, it is as if only the command
 * were there: same terminal, same signals, same status. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/mark_parts.h"

/* Become the command. Returns only when that is impossible, with the status that a shell would give. */
static int become(char **words)
{
    static const struct mark_call loud = {.run = NULL};
    execvp(words[0], words);
    int err = errno;
    mark_complain(&loud, "cannot run '%s': %s", words[0], strerror(err));
    return err == ENOENT ? 127 : 126;
}

/* Signals as they were, to be given to the command. */
struct dispositions {
    sigset_t mask, waited_for;
    struct sigaction child;
};

/* Hold back all that a wrapper must not die of. What the terminal sends reaches the command by itself. */
static void hold_signals(struct dispositions *d)
{
    static const int held[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD};
    sigemptyset(&d->waited_for);
    for (size_t i = 0; i < ARRAY_LEN(held); i++)
        sigaddset(&d->waited_for, held[i]);
    sigprocmask(SIG_BLOCK, &d->waited_for, &d->mask);
    /* an ignored SIGCHLD is inherited, and would take the status with it */
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_DFL}, &d->child);
}

static void release_signals(const struct dispositions *d)
{
    sigaction(SIGCHLD, &d->child, NULL);
    sigprocmask(SIG_SETMASK, &d->mask, NULL);
}

/* Wait for the command's end. Passes on what a process sent to us alone; the terminal sends to everybody. */
static int wait_for(pid_t pid, const struct dispositions *d)
{
    int status = 126 << 8; /* should it be lost */
    while (!waitpid(pid, &status, WNOHANG)) {
        siginfo_t info;
        int sig = sigwaitinfo(&d->waited_for, &info);
        if (sig > 0 && sig != SIGCHLD && info.si_code <= 0)
            kill(pid, sig);
    }
    return status;
}

/* End as the command did. A script that is stopped by Ctrl-C stops only if it sees its child die of it. */
static int leave_like(int status)
{
    if (!WIFSIGNALED(status))
        return WEXITSTATUS(status);
    int sig = WTERMSIG(status);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* the command's own is the interesting one */
    sigaction(sig, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    raise(sig);
    return 128 + sig;
}

/* Run the command as a child and mark its end. */
static int run_child(const struct mark_call *call, struct mark mark, char **words)
{
    struct dispositions d;
    hold_signals(&d);
    pid_t pid = fork();
    if (pid == 0) {
        release_signals(&d);
        _exit(become(words));
    }
    int err = pid < 0 ? errno : 0;
    int status = pid < 0 ? 0 : wait_for(pid, &d);
    mark.verb = MARK_END;
    int end_err = mark_file_append(call, mark);
    release_signals(&d);
    if (err) {
        mark_complain(call, "cannot fork: %s", strerror(err));
        return 126;
    }
    int complaint = end_err ? mark_file_complain(call, "marks", end_err) : 0;
    int left = leave_like(status);
    return left ? left : complaint;
}

int mark_run(const struct mark_call *call, char **words)
{
    char **command = words + 1;
    if (!strcmp(*command, "--")) /* there is one word behind NAME at least: see the table of verbs */
        command++;
    if (call->off)
        return become(command);
    /* the task belongs to this process, whose only child is the command: so do all processes below, and no
     * others */
    struct mark mark = {.verb = MARK_START, .name = words[0], .ppid = (int32_t)getpid()};
    int err = mark_file_append(call, mark);
    if (!err)
        return run_child(call, mark, command);
    int status = mark_file_complain(call, "marks", err);
    return status ? status : become(command);
}
