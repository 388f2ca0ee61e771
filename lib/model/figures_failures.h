/* SPDX-License-Identifier: MIT */
/* The failures that count: those that went on, from the process that began one up to the run's status, or to a task's. All
 * others were handled by somebody. */
#ifndef MODEL_FIGURES_FAILURES_H
#define MODEL_FIGURES_FAILURES_H

#include "model/figures.h"

#define FIGURES_FAILURES_MAX 1000

/* One process of a chain. Chains are trees, as make -k gives up for several reasons at once: entries come in the order in
 * which a page prints them, each with the level it stands on. */
struct figures_failure {
    uint32_t row;   /* last row of the process, which has its status; or a task, or FIGURES_RUN: the heads of chains */
    uint32_t depth; /* 0 = head */
    bool began;     /* nobody below it explains its failure: here it began */
    bool sure;      /* that it explains the one above is told by its status and time; else it only may */
};

struct figures_failures {
    struct figures_failure *list; /* at most FIGURES_FAILURES_MAX; the run's chain first, then tasks' by time */
    size_t len;
    int64_t left_out; /* that went on, but found no room in the list */
    int64_t failed;   /* processes that failed, of all */
    int64_t handled;  /* of these, the ones whose failure did not go on */
};

/* Find them in linked figures, and set FIGURES_WENT_ON in the first rows of processes whose failure counts. 0 or -ENOMEM; to be
 * released in both cases. O(n). */
must_check int figures_failures(struct figures *f, struct figures_failures *out);

/* Free it. */
void figures_failures_release(struct figures_failures *failures);

#endif
