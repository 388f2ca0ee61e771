/* SPDX-License-Identifier: MIT */
/* What earlier jobs left in the spool's base folders: runs that nobody has stored, set aside or given up, and the rests of
 * work that was interrupted. */
#ifndef RUN_PENDING_RUNS_H
#define RUN_PENDING_RUNS_H

#include <stdbool.h>
#include <stddef.h>

#include "run/environment.h"
#include "run/finish_run.h"

/* Call `each` with the folder of every run in the base folders that `env` says, oldest first in each of them. */
void pending_runs_each(environment_fn env, void (*each)(void *ctx, const char *folder), void *ctx);

/* What pending_runs_send() does on the way; all but `getenv` and `outages` may be NULL. */
struct pending_runs {
    environment_fn getenv;
    const char *except; /* the folder of a run to leave alone */
    const char *collection;  /* for values, in place of those that the jobs named */
    struct outages *outages; /* stores that could not be reached just now; it is added to. The caller's */
    bool (*stop)(void); /* asked before each run: whether to leave the rest for another time */
    void (*tried)(void *ctx, const char *folder, enum finish_result result, const char *why);
    void (*aside)(void *ctx, const char *folder); /* a run that had been set aside before */
    void (*dropped)(void *ctx, const char *line); /* a run that was given up since this was last asked for */
    void *ctx;
};

/* Finish every left-over run, then give up what is too old or too much (retention.h) and clear away what is no run. Each run
 * is tried once, and a store that can't be reached is waited for once. */
void pending_runs_send(const struct pending_runs *l);

#endif
