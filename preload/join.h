/* SPDX-License-Identifier: MIT */
/* Which run a process belongs to at its start. */
#ifndef PRELOAD_JOIN_H
#define PRELOAD_JOIN_H

#include "envp.h"
#include "startup.h"
#include "sys/attr.h"

/* Enter the run that the environment names; or, where it names none, that of the parent or of an ancestor; or else begin one.
 * A run that is over counts as none for a job that starts below what it has left behind: *from, which is of that run, is
 * forgotten then. A process that can be in no run, as its parent has left one, or none can be begun or entered, enters one that
 * is nowhere: it has no record, and what it starts is judged all the same, and told of no other. `now`: when it started. 0, or
 * -EALREADY for `dtrack run`, which leads a run without our help. */
must_check int join_run(const struct startup *s, struct envp_from *from, int64_t now);

#endif
