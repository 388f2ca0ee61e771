/* SPDX-License-Identifier: MIT */
/* The result of folding a run: the two objects that a store gets, and the values for the collection. Kept in the run's folder until
 * every store has them, so that every attempt uploads the same bytes:
 *
 *   spans.ndjson.gz   the spans object
 *   folded            the rest; written last and atomically: when it exists, both files are complete
 *   sent              the stores that have everything, one per line */
#ifndef RUN_FOLDED_RUN_H
#define RUN_FOLDED_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/summary.h"
#include "run/values.h"
#include "sys/attr.h"

#define FOLDED_RUN_SPANS "spans.ndjson.gz"

struct folded_run {
    char run_id[RUN_ID_BYTES];
    struct buf summary; /* as JSON */
    int spans_fd;       /* compressed rows, to be read with pread; -1 = none */
    uint64_t spans_bytes;
    struct values values;
};

#define FOLDED_RUN_NONE ((struct folded_run){.spans_fd = -1})

/* Free what *run holds, and close the spans. */
void folded_run_release(struct folded_run *run);

/* Whether a folded run is kept in the folder. */
bool folded_run_is_kept(int folder_fd);

/* Read a kept run. 0, -ENOENT when none is kept, -EPROTO when it is damaged, or another -errno; release *run in either case. */
must_check int folded_run_load(struct folded_run *run, int folder_fd);

/* Keep the run, whose spans are in FOLDED_RUN_SPANS already. `durable`: sync to disk before returning. 0 or -errno. */
must_check int folded_run_save(const struct folded_run *run, int folder_fd, bool durable);

/* Whether it is recorded that the store `url` has everything. */
bool folded_run_was_sent(int folder_fd, const char *url);

/* Record that the store `url` has everything. Losing this record costs one redundant upload that changes nothing. */
void folded_run_note_sent(int folder_fd, const char *url);

#endif
