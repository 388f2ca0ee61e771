/* SPDX-License-Identifier: MIT */
/* Repairing the collection in a store, while other jobs may write to it. */
#ifndef RUN_COLLECT_REPAIR_H
#define RUN_COLLECT_REPAIR_H

#include <stdbool.h>

#include "base/buf.h"
#include "export/collection_repair.h"
#include "run/collect.h"
#include "sys/attr.h"

/* The longest text that is taken apart. */
#define REPAIR_MAX ((size_t)256 << 20)

/* What was done. */
struct collect_repaired {
    bool is_missing;            /* there is no collection, so nothing is to be done */
    struct collection_repair r; /* r.is_sound: nor is there */
    struct buf label;           /* of the store */
    struct buf old;             /* the object that has the bytes as they were */
};

/* Replace the collection, if it can't be used, by what can be taken out of it. What was there is kept first, beside it, as
 * NAME.broken-TIME. STORE_OK; or the reason is in `why`, and the collection is as it was. To be released in any case. */
must_check enum store_result collect_repair(const struct collect_place *place, struct collect_repaired *out, struct buf *why);

/* Free what it holds. */
void collect_repaired_release(struct collect_repaired *r);

#endif
