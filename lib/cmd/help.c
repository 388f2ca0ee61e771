/* SPDX-License-Identifier: MIT */
/* Help texts, printed from the tables of commands, options and settings. */
#include <string.h>

#include "cmd/cmd.h"

#define HELP_COL 24

/* "  left            right", or two lines when the left part is long. */
static void put_row(struct buf *out, const char *left, const char *right)
{
    buf_printf(out, "  %-*s", HELP_COL - 3, left);
    if (strlen(left) > HELP_COL - 3)
        buf_printf(out, "\n%*s", HELP_COL - 1, "");
    buf_printf(out, " %s\n", right);
}

static void put_option(struct buf *out, const struct cmd_option *option)
{
    auto_buf left = BUF_EMPTY;
    if (option->letter)
        buf_printf(&left, "-%c, ", option->letter);
    buf_printf(&left, "--%s%s%s", option->name, option->arg ? " " : "", option->arg ? option->arg : "");
    put_row(out, buf_text(&left), option->help);
}

void cmd_put_command_help(struct buf *out, const struct command *command)
{
    buf_printf(out, "usage: dtrack %s%s%s\n\n%s\n\n", command->name, *command->synopsis ? " " : "", command->synopsis,
               command->help);
    for (const struct cmd_option *option = command->options; option && option->name; option++)
        put_option(out, option);
    put_row(out, "-h, --help", "print this");
    if (command->more)
        buf_printf(out, "\n%s\n", command->more);
    if (command->put_more)
        command->put_more(out);
}

void cmd_put_help(struct buf *out)
{
    buf_str(out, "usage: dtrack COMMAND [ARGUMENT]...\n\n"
                 "Times every process of an unchanged script and keeps the record where you want it.\n\n"
                 "Commands (dtrack COMMAND --help says more):\n");
    for (const struct command *const *command = commands; *command; command++)
        if (!(*command)->internal)
            put_row(out, (*command)->name, (*command)->help);
    buf_str(out, "\nEnvironment:\n");
    for (int i = 0; i < SETTING_COUNT; i++) {
        auto_buf right = BUF_EMPTY;
        buf_printf(&right, settings[i].ours ? "%s (%s)" : "%s (default: %s)", settings[i].help, settings[i].shown);
        put_row(out, settings[i].name, buf_text(&right));
    }
    buf_str(out, "\nStores: file:///FOLDER, azure://CONTAINER[/PREFIX], null:. For azure, the account and its key "
                 "are\n"
                 "taken from AZURE_STORAGE_CONNECTION_STRING, else AZURE_STORAGE_ACCOUNT and AZURE_STORAGE_KEY.\n");
}
