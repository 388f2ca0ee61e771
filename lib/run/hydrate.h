/* SPDX-License-Identifier: MIT */
/* Bringing the collection's values into a run, where dtrack-mark looks for them. */
#ifndef RUN_HYDRATE_H
#define RUN_HYDRATE_H

#include <stddef.h>

#include "base/buf.h"
#include "sys/attr.h"

#define HYDRATE_FILE "hydrated" /* in the run's folder; a marker file (spool/marks.h) of `set` lines */

/* Write every member of the collection, as collection_compact() gives it, into the run's open folder, in one step,
 * replacing what was brought in before. Those that can be no mark are left out and counted in *skipped. 0 or a negative errno. */
must_check int hydrate_run(int folder_fd, const struct buf *compact, size_t *skipped);

#endif
