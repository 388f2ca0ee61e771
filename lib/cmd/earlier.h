/* SPDX-License-Identifier: MIT */
/* Earlier runs of a name, from a store. */
#ifndef CMD_EARLIER_H
#define CMD_EARLIER_H

#include "cmd/cmd.h"
#include "export/estimate.h"

/* Fill `h` with the latest runs of that name in the store (see cmd_open_store()) that went well. Looks at a few hundred summaries
 * at most, and for a few seconds: nobody waits for an estimate. NULL, or in words why there may be more; what is wrong with
 * the store has been printed then. */
const char *earlier_runs(const struct command *self, const char *url, const char *name, struct history *h);

#endif
