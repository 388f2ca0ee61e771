/* SPDX-License-Identifier: MIT */
/* Leading a run from outside of it, for `dtrack run`: what the shim does in a job's first process, done by a parent.
 * A run that cannot begin is said so once on stderr, and the command runs without it. */
#ifndef CMD_OUTSIDE_H
#define CMD_OUTSIDE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "spool/segment.h"

struct outside {
    bool on; /* false: no run; every other call does nothing */
    bool quiet;
    bool is_split; /* the path of the library would be taken for several: the job goes without */
    struct spool spool;
    struct spool_room room; /* one block, with the command's birth and reaping */
    int64_t forked_ns;
    char problem[256]; /* what the guardian wrote: a copy, for the job may write there, too */
};

/* Begin a run led by this process and start its guardian. */
void outside_begin(struct outside *lead);

/* Note the moment before the fork. */
void outside_before_fork(struct outside *lead);

/* In the child: set the variables that make `program` a part of the run. */
void outside_environment(const struct outside *lead, const char *program);

/* In the parent: the command `words` has pid `pid`. Records it when it can't record itself. */
void outside_born(struct outside *lead, pid_t pid, char *const *words);

/* The command ended with `status`, as wait gives it. */
void outside_ended(struct outside *lead, pid_t pid, int status, const struct rusage *usage);

/* End the run: wait for the guardian, at most DTRACK_WAIT, and print its complaint if there is one. */
void outside_finish(struct outside *lead);

#endif
