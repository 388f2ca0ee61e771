/* SPDX-License-Identifier: MIT */
/* Looking at a run again and again while it goes on. Changes nothing in its folder, and takes no lock. */
#ifndef RUN_WATCH_RUN_H
#define RUN_WATCH_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "model/live.h"
#include "run/context.h"
#include "run/environment.h"
#include "run/run_folder.h"
#include "sys/attr.h"

enum watch_state {
    WATCH_GOES_ON,
    WATCH_ENDED, /* its leader has ended */
    WATCH_LOST,  /* its leader has not, but its folder is gone: nobody will know what becomes of it */
};

struct watch_run {
    struct run_folder folder;
    char run_id[RUN_ID_BYTES];
    char path[SPOOL_PATH_MAX];
    environment_fn getenv;
    struct context context; /* once it is written: its file may be gone later */
    bool has_context;
    int32_t leader_pid; /* as it was at first: the job may write anything into the header */
    uint64_t leader_ticks;
    int64_t cost_ns; /* CPU that the last look took */
    bool (*stop)(
        void *
            ctx); /* asked now and then while looking: whether somebody waits for the end of that. NULL = nobody does */
    void *stop_ctx;
};

/* Open the run in the folder `path`. 0 or -errno as run_folder_open(), -ENOENT also for one of which only the result is left;
 * to be closed in any case. What is open stays readable when the folder is removed. */
must_check int watch_run_open(struct watch_run *w, const char *path, environment_fn env);

/* What has become of it. */
enum watch_state watch_run_state(const struct watch_run *w);

/* Replace what is in `l`, which is to be released in any case, by the run as it is now. Reads all of its record: who asks often
 * looks at cost_ns. Once it has ended, how it did is known if the leader could say so. 0 or -errno: -EPROTO when what is there
 * now can't be read; -ECANCELED when it was to stop. */
must_check int watch_run_look(struct watch_run *w, bool goes_on, struct live *l);

/* Close what is open. */
void watch_run_close(struct watch_run *w);

#endif
