/* SPDX-License-Identifier: MIT */
/* Finding a run, and beginning one. Its end is in linger.h. */
#ifndef PRELOAD_LEADER_H
#define PRELOAD_LEADER_H

#include <stddef.h>

#include "startup.h"
#include "sys/attr.h"

/* Find the folder of a live run that this process or an ancestor leads, for a process whose environment names none.
 * Writes it to `out`. 0, or -ENOENT. */
must_check int leader_find_run(const struct startup *s, char *out, size_t room);

/* Begin a run led by this process, which started at monotonic time `now`: make the run's folder and spool and start
 * the guardian. On success shim.spool is attached and its folder is set. 0 or -errno; `at`, of TRUST_PATH_MAX bytes, is then
 * what stands in the way. */
must_check int leader_begin(const struct startup *s, int64_t now, char *at);

/* Say in one line that there is no run, for leader_begin() failed. */
void leader_complain(const struct startup *s, int err, const char *at);

/* This process leads the run that it is in: read DTRACK_WAIT and DTRACK_QUIET. */
void leader_settings(const struct startup *s);

#endif
