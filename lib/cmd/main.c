/* SPDX-License-Identifier: MIT */
/* dtrack: find the command and run it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "cmd/cmd.h"

#ifndef VERSION
#error "the build defines VERSION"
#endif

static const struct command *find_command(const char *name)
{
    for (const struct command *const *command = commands; *command; command++)
        if (!strcmp((*command)->name, name))
            return *command;
    return NULL;
}

static int print_help(void)
{
    auto_buf text = BUF_EMPTY;
    cmd_put_help(&text);
    return cmd_write(NULL, text.data, text.len);
}

static int print_version(void)
{
    static const char text[] = "dtrack " VERSION "\n";
    return cmd_write(NULL, text, sizeof text - 1);
}

static int run_command(int argc, char **argv)
{
    const struct command *command = find_command(argv[0]);
    if (!command)
        return cmd_usage(NULL, "unknown command '%s'", argv[0]);
    int status = command->run(command, argc, argv);
    /* for commands that print with stdio */
    if (fflush(stdout) && errno != EPIPE && status == CMD_OK)
        return cmd_fail(command, "cannot write the output: %s", strerror(errno));
    return status;
}

int main(int argc, char **argv)
{
    /* credentials are in our environment, and soon in our memory: no core file, and no look at either from another
     * process of the same user. An exec ends it, so a command that we run is not touched. */
    prctl(PR_SET_DUMPABLE, 0);
    if (argc < 2)
        return cmd_usage(NULL, "needs a command");
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
        return print_help();
    if (!strcmp(argv[1], "--version"))
        return print_version();
    return run_command(argc - 1, argv + 1);
}
