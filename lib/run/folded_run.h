/* SPDX-License-Identifier: MIT */
/* What a run was folded into: the two objects that a store gets, and the values for the collection. Kept in the run's
 * folder until every store has them, so that each try sends the same bytes, whenever it is made:
 *
 *   spans.ndjson.gz   the spans object
 *   folded            the rest; written last, in one step: when it is there, both are whole
 *   sent              the stores that have it all, one a line */
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

/* Free what it holds, and close the spans. */
void folded_run_release(struct folded_run *run);

/* Whether a folded run is kept in the folder. */
bool folded_run_is_kept(int folder_fd);

/* Read a kept run. 0, -ENOENT when none is kept, -EPROTO when it is damaged, or another -errno; *run is to be released
 * in any case. */
must_check int folded_run_load(struct folded_run *run, int folder_fd);

/* Keep the run; its spans lie in FOLDED_RUN_SPANS already. `durable` waits for the disk. 0 or -errno. */
must_check int folded_run_save(const struct folded_run *run, int folder_fd, bool durable);

/* Whether the store `url` has it all. */
bool folded_run_was_sent(int folder_fd, const char *url);

/* Note that the store `url` has it all. A note that is lost costs a repetition that changes nothing. */
void folded_run_note_sent(int folder_fd, const char *url);

#endif
