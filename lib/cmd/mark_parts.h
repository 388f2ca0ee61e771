/* SPDX-License-Identifier: MIT */
/* What the parts of dtrack-mark share. Not for anybody else. */
#ifndef CMD_MARK_PARTS_H
#define CMD_MARK_PARTS_H

#include <stdbool.h>

#include "spool/marks.h"
#include "sys/attr.h"

enum { MARK_STATUS_USAGE = 2 };

/* The surroundings of one call. */
struct mark_call {
    const char *run;         /* folder of the run, or NULL outside of one */
    const char *rules;       /* DTRACK_REDACT, or NULL; files that it names are read when the run ends */
    bool off;                /* DTRACK_OFF: do nothing and don't talk about it */
    bool quiet;              /* DTRACK_QUIET */
    bool strict;             /* --strict */
    const char *at, *status; /* --at, --status of `start` and `end`; NULL = not said */
};

/* Print "dtrack-mark: message" as one line to stderr, unless it is to be quiet. Returns the exit status for
 * what went wrong: 1 if strict, otherwise 0. */
int mark_complain(const struct mark_call *call, const char *fmt, ...) printf_like(2, 3);

/* Print what is wrong with the command line, whatever the settings: a script's author must see it. Returns the exit status. */
int mark_usage(const char *fmt, ...) printf_like(1, 2);

/* Open the folder `run`, O_PATH, of a run of the caller's own: the variable that names it may come from another user, whose
 * program root goes on with, and name any folder. A descriptor; -ENXIO for NULL; -EPERM when it is somebody else's, or
 * others may write to it; -ENOTDIR when it holds no run; or another -errno. */
must_check int mark_folder_open(const char *run);

/* Open a file of the run's folder, which must be a folder of ours and no link. `flags` as for open(2);
 * O_CREAT makes it with mode 0600. The descriptor is the caller's. -ENXIO outside of a run, or another
 * negative errno. */
must_check int mark_file_open(const struct mark_call *call, const char *name, int flags);

/* Complain about what mark_file_open() returned for `name`, or about a write. Returns the exit status. */
int mark_file_complain(const struct mark_call *call, const char *name, int err);

/* Write one mark, of this moment if it tells none, without secrets: one write, all or an error. `ppid` is whom a task belongs to. 0 or a
 * negative errno. */
must_check int mark_file_append(const struct mark_call *call, struct mark mark);

/* Take --at or --status, with what it says, off the front of `words`, which are not empty. Returns the words behind it; `words`
 * themselves when there is neither. */
char **mark_task_option(struct mark_call *call, char **words);

/* dtrack-mark start and end: the task words[0], with options and values behind it. Returns the exit status. */
int mark_task(const struct mark_call *call, enum mark_verb verb, char **words);

/* dtrack-mark get: print the value set last. Returns the exit status, 1 when there is none. */
int mark_get(const struct mark_call *call, char **words);

/* dtrack-mark run: the command words[1] and on as a task named words[0]. Returns the exit status, or ends
 * like the command. */
int mark_run(const struct mark_call *call, char **words);

#endif
