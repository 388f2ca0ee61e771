/* SPDX-License-Identifier: MIT */
/* A run as `dtrack show` sees it, for the formats that summarise: its digest, and which of its tasks failed.
 */
#ifndef EXPORT_TALLY_H
#define EXPORT_TALLY_H

#include "export/digest.h"
#include "export/export_format.h"

struct tally {
    struct digest digest;
    bool *failed;            /* by row, of tasks */
    int64_t *failed_by_name; /* by number of a task's name: how many of that name */
    bool run_failed;
};

/* The `init` of a format whose state begins with a tally. */
int tally_init(struct export *e);

/* Its `plan`: takes one row in. */
int tally_plan(struct export *e, const struct span *span);

/* Its `release`, or the first part of that. */
void tally_release(struct export *e);

/* When all rows are in: compute the digest, and say which tasks failed: by their own status, if they have
 * one; else since a failure that counts is in them; or since they were still open when the run failed. 0 or
 * -ENOMEM. */
must_check int tally_finish(struct tally *tally);

/* Finished: whether the row is a task. */
bool tally_is_task(const struct tally *tally, uint32_t row);

/* Finished: whether the row is the last of a process that failed in a way that counts. */
bool tally_process_failed(const struct tally *tally, uint32_t row);

/* Append nanoseconds as seconds with three decimals. */
void tally_put_seconds(struct buf *out, int64_t ns);

#endif
