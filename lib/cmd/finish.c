/* SPDX-License-Identifier: MIT */
/* dtrack finish: finish one run now, or guard it until its leader ends (the shim starts that). */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/cmd.h"
#include "cmd/relaunch.h"
#include "run/finishing.h"
#include "run/guard.h"

static const struct cmd_option options[] = {
    {"guard", 0, NULL, "wait until the run's leader has ended (started by the shim)"},
    {0},
};

static int finish(const struct command *self, const char *folder)
{
    auto_buf why = BUF_EMPTY;
    const struct finish f = {.folder = folder, .leader_status = -1};
    switch (finish_run(&f, &why)) {
    case FINISH_STORED:
    case FINISH_WAITS:
        return CMD_OK;
    case FINISH_BUSY:
        return cmd_fail(self, "'%s' is guarded or being finished by another process", folder);
    case FINISH_ALIVE:
        return cmd_fail(self, "the run in '%s' has not ended yet", folder);
    case FINISH_GONE:
        return cmd_fail(self, "no run in '%s'", folder);
    default:
        return cmd_fail(self, "%s", buf_text(&why));
    }
}

static int run(const struct command *self, int argc, char **argv)
{
    struct cmd_args args;
    int status;
    if (!cmd_parse(self, argc, argv, false, &args, &status))
        return status;
    if (args.rest_len != 1 || args.rest[0][0] != '/')
        return cmd_usage(self, "needs the absolute path of one run folder");
    if (cmd_value(self, &args, "guard"))
        return guard_run(args.rest[0], relaunch_for_network);
    return finish(self, args.rest[0]);
}

const struct command cmd_finish = {
    .name = "finish",
    .synopsis = "[--guard] FOLDER",
    .help = "fold and store the run in a spool folder",
    .options = options,
    .run = run,
    .internal = true,
};
