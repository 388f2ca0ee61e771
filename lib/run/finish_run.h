/* SPDX-License-Identifier: MIT */
/* Finishing one run: fold its spool, store the result, remove the folder. The one code path for every way that a run
 * can end, whoever drives it. */
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
    FINISH_BAD,    /* it can't be read, and no retry will help: the folder is set aside as bad-ID */
    FINISH_BUSY,   /* somebody else guards it, or is finishing it */
    FINISH_ALIVE,  /* its leader is still running */
    FINISH_WAITS,  /* every store has it; its values wait for their collection, in a folder of another name */
    FINISH_GONE,   /* there is no such run folder (any more) */
};

struct finish {
    const char *folder;      /* absolute path of the run's folder */
    environment_fn getenv;   /* this process's environment */
    struct run_folder *held; /* the folder, open and locked already; stays the caller's. NULL: open it */
    struct wait_status leader_status; /* as the kernel told */
    int64_t noticed_ns;      /* CLOCK_MONOTONIC when the leader was noticed gone; 0 = not known */
    int leader_is_done;      /* the leader said so itself, and waits: don't look whether it is alive */
    bool (*hurry)(void);     /* as in struct store_config, or NULL */
    struct outages *outages; /* stores not to wait for, and to add to; or NULL */
    const char *collection;  /* for the values, in place of the one that the job named; or NULL */
};

/* Finish the run. Writes one line of explanation to `why` unless it was stored, and when its values were given up, which
 * is noted for the next flush, too (retention.h). Safe to be killed at any moment, and
 * to be called again for the same run. */
must_check enum finish_result finish_run(const struct finish *f, struct buf *why);

/* Fold the run in `folder` as it is now and put its two objects into `into`, changing nothing in the folder: for a look
 * at a run that is still going on, or waits to be sent. 0 or -errno. */
must_check int finish_preview(const char *folder, environment_fn env, struct store *into);

/* Write down what finishing will need and only the environment of the job knows (name, stores, CI facts), in the
 * run's folder: whoever finishes it may have another environment. Secrets are left out. 0 or -errno. */
must_check int finish_save_context(const struct run_folder *run, environment_fn env);

#endif
