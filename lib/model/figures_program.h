/* SPDX-License-Identifier: MIT */
/* Programs that are known for what they do with failures of their children. Private to lib/model. */
#ifndef MODEL_FIGURES_PROGRAM_H
#define MODEL_FIGURES_PROGRAM_H

#include "model/figures.h"

#define FIGURES_PROGRAM_SHIFT 13 /* of the kind of program in a row's flags */

/* The flags that say what the span runs, and whether it goes on after a failure. */
uint16_t figures_program_flags(const struct span *span);

/* Whether a program of that kind, having ended with `parent`, may have done so as a child ended with `child`. Both are last rows,
 * and failed. */
bool figures_explains(const struct figures_row *parent, const struct figures_row *child);

#endif
