/* SPDX-License-Identifier: MIT */
/* Store URLs as they may stand on disk. A URL with a credential is found again by the text that is made of it here.
 * Freestanding. */
#ifndef SPOOL_LEAD_STORES_H
#define SPOOL_LEAD_STORES_H

#include <stddef.h>

#include "spool/record.h"
#include "sys/text.h"

/* Append a URL of `len` bytes without user, query and fragment. What is no URL may be a connection string: it is redacted, and is
 * cut where there are not REDACT_ROOM(len) bytes left for it. */
void lead_stores_put(struct text *out, const char *url, size_t len);

/* Note in the header of a run that begins what DTRACK_STORE, which may be NULL, says, without its secrets: for the case that the
 * guardian, who knows all that the environment says, dies before it has written it down. */
void lead_stores_note(struct spool_header *header, const char *list);

#endif
