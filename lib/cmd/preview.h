/* SPDX-License-Identifier: MIT */
/* The store to read runs from, with the runs on top that are not in it yet: going on, or waiting in the spool. */
#ifndef CMD_PREVIEW_H
#define CMD_PREVIEW_H

#include <stdbool.h>

#include "cmd/cmd.h"
#include "sys/attr.h"

/* Which runs of the spool: a listing of a store has those that are meant for it, and who asks for one run is shown it wherever
 * it is to go. */
enum preview_of { PREVIEW_MEANT, PREVIEW_ANY };

/* As cmd_open_store(). Without a `url` those runs of the spool, all if DTRACK_STORE names no store, are folded as they are now,
 * and can be read like stored ones; where a run is in both, the stored one is read. */
must_check struct store *preview_open(const struct command *self, const char *url, enum preview_of of);

/* Whether the object that was read last of what preview_open() gave is not in the store yet, but in the spool. */
bool preview_gave_waiting(const struct store *store);

#endif
