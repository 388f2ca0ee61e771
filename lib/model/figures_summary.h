/* SPDX-License-Identifier: MIT */
/* What a summary keeps of the figures, in bounded room: see summary.h for the lists. */
#ifndef MODEL_FIGURES_SUMMARY_H
#define MODEL_FIGURES_SUMMARY_H

#include "model/figures.h"
#include "model/summary.h"

/* Compute tasks, commands, path and parallelism of linked figures, whose keys are names, into the summary, which gets copies.
 * 0 or -ENOMEM. */
must_check int figures_summarize(struct figures *f, struct summary *s);

#endif
