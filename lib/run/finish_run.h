/* SPDX-License-Identifier: MIT */
/* Finishing one run: fold its spool, store the result, remove the folder. The only code path for this: the guardian, `dtrack run`
 * and `dtrack flush` all use it. */
#ifndef RUN_FINISH_RUN_H
#define RUN_FINISH_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "run/environment.h"
#include "run/run_folder.h"
#include "run/upload.h"
#include "store/store.h"
#include "sys/attr.h"

enum finish_result {
    FINISH_STORED, /* every store has it; the folder is gone */
    FINISH_STUCK,  /* every store has it; the folder can't be removed */
    FINISH_KEPT,   /* it could not be stored now: the folder stays for `dtrack flush` */
    FINISH_BAD,    /* it can't be read, and no retry will help: the folder was renamed to bad-ID */
    FINISH_BUSY,   /* another process holds its lock: its guardian, or one that is finishing it */
    FINISH_ALIVE,  /* its leader is still running */
    FINISH_WAITS,  /* every store has it; its values wait for the collection, in the folder values-ID */
    FINISH_GONE,   /* the run folder does not exist, or no longer does */
};

struct finish {
    const char *folder;               /* absolute path of the run's folder */
    environment_fn getenv;            /* this process's environment */
    struct run_folder *held;          /* the folder, open and locked already; stays the caller's. NULL: open it */
    struct wait_status leader_status; /* as the kernel told */
    int64_t noticed_ns;               /* CLOCK_MONOTONIC when the leader was noticed gone; 0 = not known */
    int leader_is_done;               /* the leader said so itself, and waits: don't look whether it is alive */
    bool (*hurry)(void);              /* as in struct store_config, or NULL */
    struct outages *outages; /* stores known to be unreachable, which are skipped; new ones are added. Or NULL */
    const char *collection;  /* overrides the collection that the job named, or NULL */
};

/* Finish the run. `why` gets one line of explanation when the run was not stored, and when its values were given up; the latter is
 * also recorded for the next flush to report (retention.h). The process may be killed at any point: calling this again for the same
 * run continues where it stopped. */
must_check enum finish_result finish_run(const struct finish *f, struct buf *why);

/* Fold the run in `folder` as it is now and put its two objects into the store `into`, without changing the folder: shows a run
 * that is still going on, or that waits for upload. 0 or -errno. */
must_check int finish_preview(const char *folder, environment_fn env, struct store *into);

/* Save in the run's folder what finishing needs and only the job's environment has (name, stores, CI facts): the process that
 * finishes the run may have another environment. Secrets are left out. 0 or -errno. */
must_check int finish_save_context(const struct run_folder *run, environment_fn env);

#endif
