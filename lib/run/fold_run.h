/* SPDX-License-Identifier: MIT */
/* From one run's folder to the two objects of a store. Writes spans and nothing else. */
#ifndef RUN_FOLD_RUN_H
#define RUN_FOLD_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "run/context.h"
#include "run/folded_run.h"
#include "run/run_folder.h"
#include "sys/attr.h"

struct fold_run {
    struct run_folder *run; /* with its header */
    const struct context *context;
    int64_t noticed_ns; /* CLOCK_MONOTONIC when the leader was noticed gone */
    struct wait_status leader_status; /* as the kernel told */
    bool leader_runs;
    bool rebooted;      /* the machine has started again since: nobody of the run lives */
    int64_t started_ns; /* CLOCK_MONOTONIC when finishing began, for its cost */
};

/* Fold the run, with its spans in FOLDED_RUN_SPANS of its folder. 0 or -errno; *out is to be released in any case. */
must_check int fold_run_to_folder(const struct fold_run *in, struct folded_run *out);

/* The same with its spans in memory: for a look at a run, and where the disk has no room. */
must_check int fold_run_to_memory(const struct fold_run *in, struct folded_run *out);

#endif
