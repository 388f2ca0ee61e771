/* SPDX-License-Identifier: MIT */
/* How long a run will still go on, by what earlier ones of its name took. Knows no store: summaries in, a figure out. */
#ifndef EXPORT_ESTIMATE_H
#define EXPORT_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/live.h"
#include "model/summary.h"
#include "sys/attr.h"

#define ESTIMATE_RUNS 12 /* the latest ones that went well: more of them would be older, not better */

/* What one earlier run took. */
struct estimate_run {
    int64_t dur_ns;
    struct summary_task *tasks; /* heap, with their names */
    size_t tasks_len;
};

struct history {
    struct estimate_run runs[ESTIMATE_RUNS];
    size_t len;
};

struct estimate {
    int64_t runs;     /* how many it is made of; 0: there is none, and the rest is 0 */
    int64_t usual_ns; /* what they took: the median */
    int64_t total_ns; /* what this one will take: the same, with what its tasks are ahead or behind */
    int64_t left_ns;  /* negative: so much longer has it been going on */
};

/* Free what it holds. */
void history_release(struct history *h);

/* Whether there are as many runs as it takes. */
must_check bool history_is_full(const struct history *h);

/* Take a run in if it is called `name`, has ended, and went well. 0 or -ENOMEM. */
must_check int history_add(struct history *h, const char *name, const struct summary *s);

/* The estimate for a run that goes on.
 *
 * Without tasks it is the median duration. Tasks that are in no other one, and were never two at a time, move it: each by how
 * much it took longer than the median of its name, or less once it has ended as often as it usually does. */
struct estimate history_estimate(const struct history *h, const struct live *l);

#endif
