/* SPDX-License-Identifier: MIT */
/* How many runs may wait in the spool, and for how long. What is given up is written into the file `dropped` of the
 * spool's folder first, and said by the next `dtrack flush`: nothing goes silently. */
#ifndef RUN_RETENTION_H
#define RUN_RETENTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/environment.h"
#include "sys/attr.h"

/* Of the runs that can't be read, which may be large, only so many are kept. */
#define RETENTION_BAD_RUNS 16

struct retention {
    size_t runs;      /* DTRACK_KEEP_RUNS */
    int64_t days;     /* DTRACK_KEEP_DAYS */
    size_t bad_runs;
};

/* What an environment says. */
struct retention retention_limits(environment_fn env);

/* Whether a folder that was last changed at Unix time `changed_s` is too old at `now_s`. */
must_check bool retention_is_too_old(const struct retention *limits, int64_t changed_s, int64_t now_s);

/* Give up the folder `path` of the spool's folder `base`, whose name is NAME-ID, for `reason`: note it, then remove it. A
 * run that somebody is busy with stays. True when it was given up. */
bool retention_drop(const char *base, const char *path, const char *reason);

/* Note for the next flush that the values of the run `run_id`, whose folder is or was `folder`, were given up. */
void retention_note(const char *folder, const char *run_id, const char *reason);

/* Finish what a killed retention_drop() has begun with the folder `path`. */
void retention_drop_again(const char *base, const char *path);

/* Call `each` with every line that was noted in `base`, and forget them. Nobody notes meanwhile: `each` should not take
 * long, or what is to be given up now will be in the next round. */
void retention_tell(const char *base, void (*each)(void *ctx, const char *line), void *ctx);

#endif
