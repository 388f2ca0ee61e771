/* SPDX-License-Identifier: MIT */
/* From what a person calls a run to the run in the store. */
#ifndef CMD_FIND_RUN_H
#define CMD_FIND_RUN_H

#include "cmd/cmd.h"
#include "model/summary.h"

/* Find the run that `wanted` means: a whole id, a unique start of one, "latest" or NULL for the latest; and
 * read its summary. On CMD_OK *out is the caller's, for summary_release(); otherwise the reason has been
 * printed. */
must_check int find_run(const struct command *self, struct store *store, const char *wanted, struct summary *out);

/* Append to `ids` the ids of all runs, or of the latest ones as long as these are at least `least`:
 * NUL-terminated, in rising order, each RUN_ID_BYTES long. CMD_OK, or the reason has been printed. */
must_check int find_all_runs(const struct command *self, struct store *store, size_t least, struct buf *ids);

/* Read the summary of a run whose id is known, as text. Errors as store_get_small(). */
must_check enum store_result find_summary(struct store *store, const char *run_id, struct buf *text, struct buf *why);

#endif
