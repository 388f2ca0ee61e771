/* SPDX-License-Identifier: MIT */
/* Leading a run from outside of it, for `dtrack run`: what the shim does in a job's first process, done by a parent.
 * A run that cannot begin is said so once on stderr, and the command runs without it. */
#ifndef CMD_LEAD_H
#define CMD_LEAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "spool/segment.h"

struct lead {
    bool on; /* false: no run; every other call does nothing */
    bool quiet;
    bool is_split; /* the path of the library would be taken for several: the job goes without */
    struct spool spool;
    struct spool_room room; /* one block, with the command's birth and reaping */
    int64_t forked_ns;
    char problem[256]; /* what the guardian wrote: a copy, for the job may write there, too */
};

/* Begin a run led by this process and start its guardian. */
void lead_begin(struct lead *lead);

/* Note the moment before the fork. */
void lead_before_fork(struct lead *lead);

/* In the child: set the variables that make `program` a part of the run. */
void lead_environment(const struct lead *lead, const char *program);

/* In the parent: the command `words` has pid `pid`. Records it when it can't record itself. */
void lead_born(struct lead *lead, pid_t pid, char *const *words);

/* The command ended with `status`, as wait gives it. */
void lead_ended(struct lead *lead, pid_t pid, int status, const struct rusage *usage);

/* End the run: wait for the guardian, at most DTRACK_WAIT, and print its complaint if there is one. */
void lead_finish(struct lead *lead);

#endif
