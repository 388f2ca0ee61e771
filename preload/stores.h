/* SPDX-License-Identifier: MIT */
/* Where the job wants its run to be stored. */
#ifndef PRELOAD_STORES_H
#define PRELOAD_STORES_H

#include "spool/record.h"
#include "startup.h"

/* Note in the header what DTRACK_STORE says, without its secrets: for the case that the guardian, who knows all that the
 * environment says, dies before it has written it down. */
void stores_note(struct spool_header *header, const struct startup *s);

#endif
