/* SPDX-License-Identifier: MIT */
/* The commands. A new one is one line here, and its file. */
#include "cmd/cmd.h"

#include <stddef.h>

const struct command *const commands[] = {
    &cmd_run,        &cmd_top,  &cmd_runs,  &cmd_show,   &cmd_report, &cmd_export,
    &cmd_collection, &cmd_mark, &cmd_flush, &cmd_finish, NULL,
};
