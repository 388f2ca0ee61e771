/* SPDX-License-Identifier: MIT */
/* Copies the collection's values into a run's folder, where `dtrack-mark get` reads them. */
#ifndef RUN_HYDRATE_H
#define RUN_HYDRATE_H

#include <stddef.h>

#include "base/buf.h"
#include "sys/attr.h"

#define HYDRATE_FILE "hydrated" /* in the run's folder; a marker file (spool/marks.h) of `set` lines */

/* Write every member of the collection, given as collection_compact() returns it, into the run's open folder, atomically replacing
 * an earlier copy. Members that can't be written as a mark are left out and counted in *skipped. 0 or -errno. */
must_check int hydrate_run(int folder_fd, const struct buf *compact, size_t *skipped);

#endif
