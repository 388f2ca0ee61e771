/* SPDX-License-Identifier: MIT */
/* What earlier jobs left in the spool's base folders: runs not stored yet, runs set aside or given up, and leftovers of interrupted
 * work. */
#ifndef RUN_PENDING_RUNS_H
#define RUN_PENDING_RUNS_H

#include <stdbool.h>
#include <stddef.h>

#include "run/environment.h"
#include "run/finish_run.h"

/* Call `each` with the folder of every run in the base folders that `env` names, oldest first within each base. */
void pending_runs_each(environment_fn env, void (*each)(void *ctx, const char *folder), void *ctx);

/* Options and callbacks of pending_runs_send(); all but `getenv` and `outages` may be NULL. */
struct pending_runs {
    environment_fn getenv;
    const char *except;      /* the folder of a run to skip */
    const char *collection;  /* overrides the collections that the jobs named */
    struct outages *outages; /* stores known to be unreachable; new ones are added. The caller's */
    bool (*stop)(void);      /* asked before each run; true skips the remaining ones */
    void (*tried)(void *ctx, const char *folder, enum finish_result result, const char *why);
    void (*aside)(void *ctx, const char *folder); /* called for each run that an earlier attempt set aside */
    void (*dropped)(void *ctx,
                    const char *line); /* called with each recorded drop that has not been reported yet (retention.h) */
    void *ctx;
};

/* Finish every pending run, then drop runs beyond the limits (retention.h) and remove folders that never became a run. Each run is
 * tried once, and an unreachable store is waited for once. */
void pending_runs_send(const struct pending_runs *l);

#endif
