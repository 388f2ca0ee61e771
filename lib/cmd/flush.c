/* SPDX-License-Identifier: MIT */
/* dtrack flush: send the runs that were left behind. */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/cmd.h"
#include "cmd/leftovers.h"

static void report(void *ctx, const char *folder, enum finish_result result, const char *why)
{
    const struct command *self = ctx;
    if (result == FINISH_STORED)
        printf("stored %s\n", folder);
    else if (result == FINISH_KEPT || result == FINISH_BAD)
        cmd_fail(self, "%s; kept in '%s'", why, folder);
}

static int run(const struct command *self, int argc, char **argv)
{
    struct cmd_args args;
    struct leftovers_count count;
    int status;
    if (!cmd_parse(self, argc, argv, false, &args, &status))
        return status;
    if (args.rest_len)
        return cmd_usage(self, "takes no arguments, got '%s'", args.rest[0]);
    leftovers_send(NULL, report, (void *)(uintptr_t)self, &count);
    return count.kept || count.bad ? CMD_FAILED : CMD_OK;
}

const struct command cmd_flush = {
    .name = "flush",
    .synopsis = "",
    .help = "store the runs that earlier jobs left in the spool",
    .run = run,
};
