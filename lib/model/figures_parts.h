/* SPDX-License-Identifier: MIT */
/* What linking consists of. Private to lib/model. */
#ifndef MODEL_FIGURES_PARTS_H
#define MODEL_FIGURES_PARTS_H

#include "model/figures.h"

/* For qsort_r() of numbers of rows; ctx is the figures. */
typedef int (*figures_compare_fn)(const void *a, const void *b, void *ctx);

/* Put the numbers of all rows for which `of` gives a row below f->len into out, by that row, each in the order of the rows: those
 * of row r from at[r] up to at[r + 1]. `at` has f->len + 1 entries; out as many as there are such rows. UINT32_MAX: not in. */
void figures_bucket(const struct figures *f, uint32_t (*of)(const struct figures *f, uint32_t row), uint32_t *at,
                    uint32_t *out);

/* Before rows forget their pids: the owner of each task into owners[], which has a place for each row and is zeros: the process
 * that its start mark came from. Times are ns from the run's start. 0 or -ENOMEM. */
must_check int figures_tasks_own(const struct figures *f, uint32_t *owners);

/* Once lives are known: give tasks their owners, each lifted to who outlives the task, and processes their tasks. `owners` may be
 * NULL where there are none. 0 or -ENOMEM. */
must_check int figures_tasks_link(struct figures *f, const uint32_t *owners);

#endif
