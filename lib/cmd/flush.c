/* SPDX-License-Identifier: MIT */
/* dtrack flush: send the runs that were left behind, and say what became of each. */
#include <string.h>

#include "base/utf8.h"
#include "cmd/cmd.h"
#include "run/pending_runs.h"

struct flush {
    const struct command *self;
    int status;
};

static void say(struct flush *flush, const char *what, const char *folder)
{
    auto_buf line = BUF_EMPTY;
    buf_printf(&line, "%s ", what);
    utf8_put_line(&line, folder, strlen(folder));
    buf_char(&line, '\n');
    flush->status |= cmd_write(flush->self, buf_text(&line), line.len);
}

static void tell_tried(void *ctx, const char *folder, enum finish_result result, const char *why)
{
    struct flush *flush = ctx;
    if (result == FINISH_STORED)
        say(flush, "stored", folder);
    else if (result == FINISH_KEPT)
        flush->status = cmd_fail(flush->self, "%s; kept in '%s'", why, folder);
    else if (result == FINISH_WAITS)
        flush->status = cmd_fail(flush->self, "%s: %s", folder, why);
    else if (result == FINISH_BAD || result == FINISH_STUCK)
        flush->status = cmd_fail(flush->self, "%s", why);
    else if (result == FINISH_ALIVE && *why)
        say(flush, "left alone, as it may be going on; to store it all the same: dtrack finish", folder);
}

static void tell_aside(void *ctx, const char *folder)
{
    say(ctx, "set aside earlier:", folder);
}

static void tell_dropped(void *ctx, const char *line)
{
    struct flush *flush = ctx;
    flush->status = cmd_fail(flush->self, "%s", line);
}

static int run(const struct command *self, int argc, char **argv)
{
    struct cmd_args args;
    int status;
    if (!cmd_parse(self, argc, argv, false, &args, &status))
        return status;
    if (args.rest_len)
        return cmd_usage(self, "takes no arguments, got '%s'", args.rest[0]);
    struct flush flush = {self, cmd_complain_of_places(self)};
    struct outages outages = {.len = 0};
    /* set for this command, it is for all that waits */
    const char *collection = environment_text(cmd_getenv, settings[SETTING_COLLECTION].name);
    const struct pending_runs l = {.getenv = cmd_getenv,
                                   .collection = collection,
                                   .outages = &outages,
                                   .tried = tell_tried,
                                   .aside = tell_aside,
                                   .dropped = tell_dropped,
                                   .ctx = &flush};
    pending_runs_send(&l);
    outages_release(&outages);
    return flush.status;
}

const struct command cmd_flush = {
    .name = "flush",
    .synopsis = "",
    .help = "store the runs that earlier jobs left in the spool",
    .run = run,
};
