/* SPDX-License-Identifier: MIT */
/* Turns one run's folder into the two objects that a store gets. The only file it writes is FOLDED_RUN_SPANS. */
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
    int64_t noticed_ns;               /* CLOCK_MONOTONIC when the leader was noticed gone */
    struct wait_status leader_status; /* as the kernel told */
    bool leader_runs;
    bool rebooted;      /* the machine has rebooted since: no process of the run is alive */
    int64_t started_ns; /* CLOCK_MONOTONIC when finishing began, for the summary's cost figures */
};

/* Fold the run, with its spans in FOLDED_RUN_SPANS of its folder. 0 or -errno; release *out in either case. */
must_check int fold_run_to_folder(const struct fold_run *in, struct folded_run *out);

/* The same with the spans in memory: for previews, and when the disk is full. */
must_check int fold_run_to_memory(const struct fold_run *in, struct folded_run *out);

#endif
