/* SPDX-License-Identifier: MIT */
/* dtrack run: a wrapper that leads the run itself, for commands that can't be preloaded, and for those who want the
 * run's status from a parent's hand. The command is recorded just as with LD_PRELOAD alone. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/settings.h"
#include "cmd/cmd.h"
#include "cmd/lead.h"

static const struct cmd_option options[] = {
    {"name", 'n', "NAME", "name of the run (else DTRACK_NAME, else the command's)"},
    {0},
};

/* The one child; signals that are meant for the job are passed on to it. */
static volatile sig_atomic_t child_pid;

static void pass_on(int sig)
{
    if (child_pid > 0)
        kill(child_pid, sig);
}

/* The terminal sends INT and QUIT to the whole group: the command decides what they mean, and we wait for it. */
static void set_signals(bool for_child)
{
    static const int ignored[] = {SIGINT, SIGQUIT}, passed[] = {SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
    struct sigaction action = {.sa_handler = for_child ? SIG_DFL : SIG_IGN, .sa_flags = SA_RESTART};
    for (size_t i = 0; i < ARRAY_LEN(ignored); i++)
        sigaction(ignored[i], &action, NULL);
    action.sa_handler = for_child ? SIG_DFL : pass_on;
    for (size_t i = 0; i < ARRAY_LEN(passed); i++)
        sigaction(passed[i], &action, NULL);
}

static _Noreturn void become(const struct command *self, char **words)
{
    execvp(words[0], words);
    int error = errno;
    cmd_fail(self, "cannot run '%s': %s", words[0], strerror(error));
    _exit(error == ENOENT ? 127 : 126);
}

/* Leave as the command left: by the same signal, or with the same status. */
static int leave_like(int status)
{
    if (!WIFSIGNALED(status))
        return WEXITSTATUS(status);
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    return 128 + WTERMSIG(status);
}

static int wait_for(pid_t pid, int *status, struct rusage *usage)
{
    while (wait4(pid, status, 0, usage) < 0)
        if (errno != EINTR)
            return -errno;
    return 0;
}

/* Start the command under the run that `lead` leads, or alone when there is none, and wait for it. */
static int run_command(const struct command *self, struct lead *lead, char **words)
{
    int status = 0;
    struct rusage usage = {0};
    set_signals(false);
    lead_before_fork(lead);
    pid_t pid = fork();
    if (pid < 0)
        return cmd_fail(self, "cannot fork: %s", strerror(errno));
    if (pid == 0) {
        set_signals(true);
        lead_environment(lead, words[0]);
        become(self, words);
    }
    child_pid = pid;
    lead_born(lead, pid, words);
    int err = wait_for(pid, &status, &usage);
    child_pid = 0;
    if (err)
        return cmd_fail(self, "cannot wait for '%s': %s", words[0], strerror(-err));
    lead_ended(lead, pid, status, &usage);
    lead_finish(lead);
    return leave_like(status);
}

static int run(const struct command *self, int argc, char **argv)
{
    struct cmd_args args;
    int status;
    if (!cmd_parse(self, argc, argv, true, &args, &status))
        return status;
    if (!args.rest_len)
        return cmd_usage(self, "needs a command to run");
    const char *name = cmd_value(self, &args, "name");
    if (name)
        setenv(settings[SETTING_NAME].name, name, 1);
    const char *off = getenv(settings[SETTING_OFF].name), *inside = getenv(settings[SETTING_RUN].name);
    if ((off && *off && strcmp(off, "0")) || (inside && *inside))
        become(self, args.rest); /* nothing to record, or recorded as a part of the run around us */
    struct lead lead;
    lead_begin(&lead);
    return run_command(self, &lead, args.rest);
}

const struct command cmd_run = {
    .name = "run",
    .synopsis = "[--name NAME] -- COMMAND [ARGUMENT…]",
    .help = "run a command and record it",
    .options = options,
    .run = run,
};
