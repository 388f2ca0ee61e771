/* SPDX-License-Identifier: MIT */
/* dtrack run: a wrapper that leads the run itself, for commands that can't be preloaded, and for those who want the
 * run's status from a parent's hand. The command is recorded just as with LD_PRELOAD alone. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/settings.h"
#include "cmd/cmd.h"
#include "cmd/outside.h"
#include "cmd/wrap.h"
#include "run/context.h"
#include "run/finish_run.h"
#include "run/pending_runs.h"
#include "run/rules_setting.h"
#include "run/run_folder.h"
#include "sys/clock.h"
#include "sys/switch.h"

#define CONTEXT_WAIT_MS 1000

static const struct cmd_option options[] = {
    {"name", 'n', "NAME", "name of the run (else DTRACK_NAME, else the command's)"},
    {0},
};

static _Noreturn void become(const struct command *self, char **words)
{
    execvp(words[0], words);
    int error = errno;
    cmd_fail(self, "cannot run '%s': %s", words[0], strerror(error));
    _exit(error == ENOENT ? 127 : 126);
}

/* Start the command under the run that `lead` leads, or alone when there is none, and wait for it. */
static int run_command(const struct command *self, struct outside *lead, char **words)
{
    struct rusage usage = {0};
    struct wrap w;
    wrap_hold(&w);
    outside_before_fork(lead, words[0]);
    pid_t pid = fork();
    if (pid < 0)
        return cmd_fail(self, "cannot fork: %s", strerror(errno));
    if (pid == 0) {
        wrap_release(&w);
        outside_environment(lead);
        become(self, words);
    }
    outside_born(lead, pid, words);
    int status = wrap_wait(&w, pid, &usage);
    outside_ended(lead, pid, wait_status_of(status), &usage);
    outside_finish(lead);
    return wrap_leave_like(status);
}

/* Whether the run in `folder` is there and going on: its leader lives, or its guardian does, who has the lock. */
static bool goes_on(const char *folder)
{
    struct run_folder run;
    bool goes = !run_folder_open(&run, folder) && run.header && !run.header->closed &&
                (run_folder_leader_lives(&run) || run_folder_may_go_on(&run) || run_folder_lock(&run) == -EWOULDBLOCK);
    run_folder_close(&run);
    return goes;
}

/* Whether this very process leads the run in `folder`: it was preloaded itself. */
static void find_own(void *ctx, const char *folder)
{
    struct run_folder run;
    if (!run_folder_open(&run, folder) && run.header && run.header->leader_pid == getpid() &&
        run_folder_leader_lives(&run))
        snprintf(ctx, SPOOL_PATH_MAX, "%s", folder);
    run_folder_close(&run);
}

/* Give the run that this process leads the name that it has just been told. Its guardian writes down what it knows once, at its
 * start: that is waited for, or it would be the last. */
static void name_own(const char *folder)
{
    struct run_folder run;
    int err = run_folder_open(&run, folder);
    for (int i = 0; !err && faccessat(run.folder_fd, CONTEXT_NAME, F_OK, 0) && i < CONTEXT_WAIT_MS; i++)
        clock_sleep_ms(1);
    if (!err)
        err = finish_save_context(&run, cmd_getenv); /* else the run goes by its command's name */
    run_folder_close(&run);
}

/* Whether this process is a part of a run already: of one that it was told, or of its own. What it was told may be a run
 * that is over, below something that an earlier job left behind; that one is forgotten. */
static bool is_inside(bool is_named)
{
    char own[SPOOL_PATH_MAX] = "";
    const char *told = getenv(settings[SETTING_RUN].name);
    if (told && *told && goes_on(told))
        return true;
    unsetenv(settings[SETTING_RUN].name);
    unsetenv(settings[SETTING_FROM].name);
    pending_runs_each(cmd_getenv, find_own, own);
    if (*own && is_named)
        name_own(own);
    return *own;
}

/* A rule that is none is no reason not to run the command, but its author should hear of it now. */
static void say_bad_rules(const struct command *self)
{
    bool off;
    auto_buf rules = BUF_EMPTY, why = BUF_EMPTY;
    const char *value = environment_text(cmd_getenv, settings[SETTING_RULES].name);
    if (!switch_is_on(getenv(settings[SETTING_QUIET].name)) && !rules_setting_read(value, &off, &rules, &why) &&
        why.len)
        (void)cmd_fail(self, "%s", buf_text(&why));
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
    if (switch_is_on(getenv(settings[SETTING_OFF].name)) || is_inside(name != NULL))
        become(self, args.rest); /* nothing to record, or recorded as a part of the run around us */
    say_bad_rules(self);
    struct outside lead;
    outside_begin(&lead);
    return run_command(self, &lead, args.rest);
}

const struct command cmd_run = {
    .name = "run",
    .synopsis = "[--name NAME] -- COMMAND [ARGUMENT…]",
    .help = "run a command and record it",
    .options = options,
    .run = run,
};
