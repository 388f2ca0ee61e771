/* SPDX-License-Identifier: MIT */
/* The commands of `dtrack`: one table, one file a command. A command gets its own argv (argv[0] is its name),
 * prints results to stdout and at most one line of error to stderr, and returns the exit status. */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/settings.h"
#include "run/environment.h"
#include "store/store.h"
#include "sys/attr.h"

/* Exit statuses of dtrack's own making; `dtrack run` gives the job's. */
enum cmd_status {
    CMD_OK = 0,
    CMD_FAILED = 1, /* it was tried and did not work */
    CMD_USAGE = 2,  /* the command line makes no sense */
};

/* One option of a command; the help text is printed from here. */
struct cmd_option {
    const char *name; /* long name without dashes, such as "store" */
    char letter;      /* short form, or 0 */
    const char *arg;  /* name of its argument for the help, or NULL for a flag */
    const char *help; /* one line */
};

struct command {
    const char *name;
    const char *synopsis;             /* what follows the name, such as "[RUN] [-o FILE]" */
    const char *help;                 /* one line */
    const struct cmd_option *options; /* ends with a NULL name; NULL = none */
    int (*run)(const struct command *self, int argc, char **argv);
    bool internal;                     /* left out of the list of commands */
    const char *more;                  /* what its help says below the options, or NULL */
    void (*put_more)(struct buf *out); /* appends lines behind that; NULL = none */
};

/* What the option parser found. `values[i]` belongs to `options[i]` of the command: NULL when absent, the
 * argument when given, "" for a flag. Strings point into argv. */
struct cmd_args {
    const char *values[16];
    char **rest; /* the remaining words; everything behind "--" */
    int rest_len;
};

/* Parse argv (argv[0] is the command's name) by the command's table; options may stand anywhere before "--", or
 * only before the first plain word when `stop_at_word`. Returns true to go on; otherwise *status is the exit
 * status: help was printed (CMD_OK) or an error was (CMD_USAGE). */
must_check bool cmd_parse(const struct command *self, int argc, char **argv, bool stop_at_word, struct cmd_args *args,
                          int *status);

/* The value of the named option, or NULL. */
const char *cmd_value(const struct command *self, const struct cmd_args *args, const char *name);

/* Print "dtrack NAME: message" as one line to stderr; returns CMD_FAILED. `self` may be NULL: "dtrack: message". */
int cmd_fail(const struct command *self, const char *fmt, ...) printf_like(2, 3);

/* As cmd_fail(), pointing to --help as well; returns CMD_USAGE. */
int cmd_usage(const struct command *self, const char *fmt, ...) printf_like(2, 3);

/* Say that writing a result failed: -errno. Returns CMD_FAILED; a reader that has gone away is not worth a word. */
int cmd_fail_output(const struct command *self, int err);

/* Write to stdout. CMD_OK, or CMD_FAILED after saying why. */
must_check int cmd_write(const struct command *self, const void *bytes, size_t len);

/* What the environment says of a setting: its value, or its default when it is unset or empty, or NULL. */
const char *cmd_setting(enum setting_id id);

/* The environment for stores: what store_config.getenv wants. */
const char *cmd_getenv(const char *name);

/* Complain, as `self`, of places for runs that are left alone, because others may write there. The exit status. */
int cmd_complain_of_places(const struct command *self);

/* Open the store to read from: `url` (may be NULL), else the first of DTRACK_STORE, else the embedded one.
 * NULL after printing why. The caller closes it. */
must_check struct store *cmd_open_store(const struct command *self, const char *url);

/* The URL of that store: a heap string, which is the caller's. NULL after printing why. */
must_check char *cmd_store_url(const struct command *self, const char *url);

/* Append the help text of all of dtrack. */
void cmd_put_help(struct buf *out);

/* Append the help text of one command. */
void cmd_put_command_help(struct buf *out, const struct command *command);

/* All commands, in the order of the help; ends with NULL. */
extern const struct command *const commands[];

extern const struct command cmd_run, cmd_top, cmd_finish, cmd_flush, cmd_runs, cmd_show, cmd_report, cmd_export,
    cmd_collection, cmd_mark;

#endif
