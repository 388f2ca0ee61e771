/* SPDX-License-Identifier: MIT */
/* The guardian: outlives the leader of one run and finishes it. */
#ifndef RUN_GUARD_H
#define RUN_GUARD_H

#include <stdbool.h>

#include "run/environment.h"
#include "sys/attr.h"

struct guardian {
    const char *folder;         /* absolute path of the run's folder */
    environment_fn getenv;      /* the job's environment */
    bool (*needs_folder)(void); /* whether the job's environment names anything by a relative path */
    void (*job_folder)(
        const char *path); /* if so, told, before any store is opened, where the job began, if that is known */
    /* Called when the leader has ended and no store is open yet; it may become another program, which has the descriptors, and
     * guards again. */
    void (*before_stores)(const char *folder);
};

/* Guard the run: lock it, set its limit, save its context, wait until the leader announces its end or dies, finish the run, close
 * the FIFO `done`. Then upload the runs that earlier jobs left behind. Expects the FIFOs and a pidfd of the leader at
 * HANDSHAKE_FD_*, and closes every other descriptor.
 *
 * Signals that a terminal or a CI agent sends to the whole process group are ignored. On SIGTERM it finishes its own run within
 * seconds or leaves it in the spool, and skips the runs of others. Returns whether every store has the run. */
must_check bool guard_run(const struct guardian *in);

#endif
