/* SPDX-License-Identifier: MIT */
/* If something were free, how much sooner had the run ended? And how much longer could something take for nothing? The run is
 * replayed: each start and end of a process comes as long after the last end that it waited for as it was seen to. */
#ifndef MODEL_FIGURES_FREE_H
#define MODEL_FIGURES_FREE_H

#include "model/figures.h"

/* What a replay saves, ns. */
struct figures_saving {
    int64_t least_ns; /* every child that had ended before counts as having been waited for */
    int64_t most_ns;  /* only the last one does */
};

/* Whether the time of a row is free. */
typedef bool (*figures_free_fn)(void *ctx, const struct figures *f, uint32_t row);

/* Replay with all rows free that `is_free` names; tasks are not asked about. Nothing free saves nothing. 0 or -ENOMEM. O(n),
 * 8 bytes a row meanwhile: one replay of 100,000 rows takes a few ms. */
must_check int figures_if_free(const struct figures *f, figures_free_fn is_free, void *ctx, struct figures_saving *out);

/* For figures_if_free(): rows of a key; ctx points to its number (uint32_t). */
bool figures_free_key(void *ctx, const struct figures *f, uint32_t row);

/* For figures_if_free(): a process over all its execs; ctx points to its first row (uint32_t). */
bool figures_free_life(void *ctx, const struct figures *f, uint32_t row);

/* For figures_if_free(): what belongs to a task or to one within it; ctx points to the task's row (uint32_t). */
bool figures_free_task(void *ctx, const struct figures *f, uint32_t row);

/* Slack of each process by its first row: how much longer it could run before the replayed end of the run moves. `slack_ns` is
 * the caller's, f->len long; SPAN_NONE for what nobody waited for and what is below that, for tasks and for later rows of a
 * process. 0 on the path. O(n), no memory. */
void figures_slack(const struct figures *f, int64_t *slack_ns);

#endif
