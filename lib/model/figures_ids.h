/* SPDX-License-Identifier: MIT */
/* What rows call themselves, as numbers. The ids that the fold gives carry their number in them; any others are kept as texts.
 * Private to lib/model. */
#ifndef MODEL_FIGURES_IDS_H
#define MODEL_FIGURES_IDS_H

#include "model/figures_names.h"
#include "sys/attr.h"

/* Ids that are no numbers by themselves. */
struct figures_ids {
    struct figures_names texts;
};

/* The number of an id; 0 for NULL and for the run's. 0 or -ENOMEM. */
must_check int figures_ids_number(struct figures_ids *ids, const char *id, uint32_t *out);

#endif
