/* SPDX-License-Identifier: MIT */
/* How long at least one of many things went on: the union of their intervals, in bounded memory. */
#ifndef MODEL_INTERVALS_H
#define MODEL_INTERVALS_H

#include <stddef.h>
#include <stdint.h>

#include "sys/attr.h"

#define INTERVALS_MAX 16384

/* Of the time from start to end so much is covered. */
struct interval {
    int64_t start_ns, end_ns, covered_ns;
};

struct intervals {
    struct interval *list;
    size_t len, cap;
};

/* Free what they hold. */
void intervals_release(struct intervals *set);

/* Add one; an empty one is nothing. With too many that touch nowhere the nearest are kept as one, whose gaps stay gaps:
 * what fills them later, out of turn, may go uncounted. 0 or -ENOMEM. */
must_check int intervals_add(struct intervals *set, int64_t start_ns, int64_t end_ns);

/* The length of the union. */
int64_t intervals_covered(struct intervals *set);

#endif
