/* SPDX-License-Identifier: MIT */
/* What dtrack-mark says when something is wrong, and the exit status that comes of it. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "base/settings.h"
#include "base/utf8.h"
#include "cmd/mark_parts.h"
#include "spool/folder.h"

static void say(const char *fmt, va_list ap)
{
    char line[1024]; /* in one write, so that the lines of parallel jobs don't mix */
    auto_buf shown = BUF_EMPTY;
    vsnprintf(line, sizeof line, fmt, ap);
    utf8_put_line(&shown, line, strlen(line)); /* it quotes names, which come from anywhere */
    fprintf(stderr, "dtrack-mark: %s\n", buf_text(&shown));
}

int mark_complain(const struct mark_call *call, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    if (!call->quiet && !call->off)
        say(fmt, ap);
    va_end(ap);
    return call->strict;
}

int mark_usage(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(fmt, ap);
    va_end(ap);
    return MARK_STATUS_USAGE;
}

static const char *reason(int err)
{
    switch (err) {
    case -EPERM:
        return "it belongs to another user, or others may write to its folder";
    case -EINVAL:
        return "it is no plain file";
    case -ENOTDIR:
        return "the folder holds no run";
    case -ENAMETOOLONG:
        return "its name has over 255 bytes when secrets are out of it";
    case -EMSGSIZE:
        return "a mark holds at most 64 KiB";
    case -ENOBUFS:
        return "the run may record no more, see DTRACK_SPOOL_LIMIT";
    default:
        return strerror(-err);
    }
}

int mark_file_complain(const struct mark_call *call, const char *name, int err)
{
    const char *variable = settings[SETTING_RUN].name, *quiet = settings[SETTING_QUIET].name;
    if (!call->run)
        return mark_complain(call,
                             "not inside a dtrack run: start the job with libdtrack.so preloaded or by "
                             "'dtrack run', or set %s=1 to hear no more of it",
                             quiet);
    if (!strcmp(call->run, FOLDER_NOWHERE))
        return mark_complain(call, "this job is not recorded");
    if (access(call->run, F_OK))
        return mark_complain(call,
                             "not inside a dtrack run: the folder %s='%s' is gone, so start the job anew, "
                             "or unset it",
                             variable, call->run);
    return mark_complain(call, "cannot use '%s/%s': %s", call->run, name, reason(err));
}
