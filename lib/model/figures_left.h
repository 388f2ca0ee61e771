/* SPDX-License-Identifier: MIT */
/* Making room among the rows of a run that has too many. Private to lib/model. */
#ifndef MODEL_FIGURES_LEFT_H
#define MODEL_FIGURES_LEFT_H

#include "model/figures.h"

/* Leave out the shortest processes until a quarter of the rows is free, summed up by key. Nobody who is left out has started
 * one that stays and that he waited for: he would have lived longer. Tasks stay, and processes that had not ended. 0 or
 * -ENOMEM. O(n). */
must_check int figures_leave_out(struct figures *f);

/* Leave this row out, as no room could be made for it. 0 or -ENOMEM. */
must_check int figures_leave_row_out(struct figures *f, const struct figures_row *row);

#endif
