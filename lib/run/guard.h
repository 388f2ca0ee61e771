/* SPDX-License-Identifier: MIT */
/* The guardian: outlives the leader of one run and finishes it. */
#ifndef RUN_GUARD_H
#define RUN_GUARD_H

#include <stdbool.h>

#include "run/environment.h"
#include "sys/attr.h"

struct guardian {
    const char *folder;    /* absolute path of the run's folder */
    environment_fn getenv; /* the job's environment */
    bool (*needs_folder)(void); /* whether the job's environment names anything by a relative path */
    void (*job_folder)(const char *path); /* if so, told, before any store is opened, where the job began, if that is known */
    /* Called when the leader has ended and no store is open yet; it may become another program, which has the descriptors, and
     * guards again. */
    void (*before_stores)(const char *folder);
};

/* Guard the run: lock it, set its limit, save its context, wait until the leader says that it is about to end
 * or is gone, finish the run, hang up. Then send what earlier runs left behind. The FIFOs, and a pidfd of the leader,
 * stand at HANDSHAKE_FD_*; what else is open is closed.
 *
 * Signals that a terminal or an agent sends to everybody do not end it. SIGTERM makes it hurry: it finishes its own run
 * within seconds or leaves it in the spool, and leaves those of others. Whether every store has the run. */
must_check bool guard_run(const struct guardian *in);

#endif
