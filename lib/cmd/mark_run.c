/* SPDX-License-Identifier: MIT */
/* dtrack-mark run: a command as a task. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmd/mark_parts.h"
#include "cmd/wrap.h"

/* Become the command. Returns only when that is impossible, with the status that a shell would give. */
static int become(char **words)
{
    static const struct mark_call loud = {.run = NULL};
    execvp(words[0], words);
    int err = errno;
    mark_complain(&loud, "cannot run '%s': %s", words[0], strerror(err));
    return err == ENOENT ? 127 : 126;
}

/* Run the command as a child and mark its end. */
static int run_child(const struct mark_call *call, struct mark mark, char **words)
{
    struct wrap w;
    wrap_hold(&w);
    pid_t pid = fork();
    if (pid == 0) {
        wrap_release(&w);
        _exit(become(words));
    }
    int err = pid < 0 ? errno : 0;
    int status = pid < 0 ? 126 << 8 : wrap_wait(&w, pid, NULL);
    mark.verb = MARK_END;
    mark.has_status = true;
    mark.status = status;
    int end_err = mark_file_append(call, mark);
    if (err) {
        mark_complain(call, "cannot fork: %s", strerror(err));
        return 126;
    }
    int complaint = end_err ? mark_file_complain(call, "marks", end_err) : 0;
    int left = wrap_leave_like(status);
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
