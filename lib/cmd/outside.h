/* SPDX-License-Identifier: MIT */
/* Leading a run from outside of it, for `dtrack run`: what the shim does in a job's first process, done by a parent, by the same
 * lib/spool/lead.h.
 * A run that cannot begin is said so once on stderr, and the command runs without it. */
#ifndef CMD_OUTSIDE_H
#define CMD_OUTSIDE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "spool/record.h"
#include "spool/segment.h"
#include "sys/trust.h"

struct outside {
    bool on; /* false: there is no run */
    bool quiet;
    struct spool spool;
    char library[TRUST_PATH_MAX]; /* its path */
    int library_err;              /* 0, or why that is not known */
    const char *program;          /* what will be executed for the command: in `found` where it has been searched for */
    char *found;
    enum gate_verdict verdict; /* on that */
    struct spool_room room;    /* one block, with the command's birth and reaping */
    int64_t forked_ns;
};

/* Begin a run led by this process and start its guardian. */
void outside_begin(struct outside *o);

/* Look at what will run for the command `program`, and note the moment before the fork. */
void outside_before_fork(struct outside *o, const char *program);

/* In the child: set the variables that make the command a part of the run. */
void outside_environment(const struct outside *o);

/* In the parent: the command `words` has pid `pid`. Records it when it can't record itself. */
void outside_born(struct outside *o, pid_t pid, char *const *words);

/* The command ended with `status`. */
void outside_ended(struct outside *o, pid_t pid, struct wait_status status, const struct rusage *usage);

/* End the run: wait for the guardian, at most DTRACK_WAIT, and print what went wrong. */
void outside_finish(struct outside *o);

#endif
