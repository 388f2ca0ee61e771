/* SPDX-License-Identifier: MIT */
/* Which task each moment of the critical path belongs to. Private to lib/model. */
#ifndef MODEL_FIGURES_TASK_PATH_H
#define MODEL_FIGURES_TASK_PATH_H

#include "model/figures.h"

/* Time of the path in a task, FIGURES_RUN for none. */
typedef int (*figures_task_path_fn)(void *ctx, uint32_t task, int64_t ns);

/* Hand out the whole path, piece by piece. 0, -ENOMEM, or what `each` stopped it with. O(n log tasks), 8 bytes a row. */
must_check int figures_task_path(const struct figures *f, figures_task_path_fn each, void *ctx);

#endif
