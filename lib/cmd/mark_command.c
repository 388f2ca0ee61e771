/* SPDX-License-Identifier: MIT */
/* dtrack mark: the verbs of dtrack-mark, for those who have only one name in mind. */
#include "cmd/cmd.h"
#include "cmd/mark.h"

static int run(const struct command *self unused, int argc, char **argv)
{
    return mark_main(argc, argv);
}

const struct command cmd_mark = {
    .name = "mark",
    .synopsis = "start|end|set|get|event NAME [VALUE] | end NAME --status N | run NAME -- COMMAND | where",
    .help = "mark tasks and values of the run around (as dtrack-mark, which starts sooner)",
    .run = run,
};
