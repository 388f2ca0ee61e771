/* SPDX-License-Identifier: MIT */
/* How many runs may wait in the spool, and for how long. Before a run is dropped, a line about it is written to the file `dropped`
 * in the base folder, and the next `dtrack flush` prints it: no run is dropped silently. */
#ifndef RUN_RETENTION_H
#define RUN_RETENTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/environment.h"
#include "sys/attr.h"

/* How many unreadable runs are kept; they may be large. */
#define RETENTION_BAD_RUNS 16

struct retention {
    size_t runs;  /* DTRACK_KEEP_RUNS */
    int64_t days; /* DTRACK_KEEP_DAYS */
    size_t bad_runs;
};

/* The limits that an environment sets. */
struct retention retention_limits(environment_fn env);

/* Whether a folder that was last changed at Unix time `changed_s` is too old at `now_s`. */
must_check bool retention_is_too_old(const struct retention *limits, int64_t changed_s, int64_t now_s);

/* Drop the folder `path` (BASE/KIND-ID): rename it to drop-ID, record `reason`, remove it. A run that may be going on, or that
 * another process has locked, stays. True when it was dropped. */
bool retention_drop(const char *base, const char *path, const char *reason);

/* Record for the next flush that the values of the run `run_id`, whose folder is or was `folder`, were given up. */
void retention_note(const char *folder, const char *run_id, const char *reason);

/* Complete an interrupted retention_drop() of the folder `path`, which is called drop-ID. */
void retention_drop_again(const char *base, const char *path);

/* Call `each` with every line recorded in `base`, then delete the lines. The file is locked meanwhile: if `each` takes long, other
 * processes put their drops off until their next attempt. */
void retention_tell(const char *base, void (*each)(void *ctx, const char *line), void *ctx);

#endif
