/* SPDX-License-Identifier: MIT */
/* Repairing the collection in a store, while other jobs may write to it. */
#ifndef RUN_COLLECT_REPAIR_H
#define RUN_COLLECT_REPAIR_H

#include <stdbool.h>

#include "base/buf.h"
#include "export/collection_repair.h"
#include "run/collect.h"
#include "sys/attr.h"

/* Bytes of the longest collection that is parsed for a repair. */
#define REPAIR_MAX ((size_t)256 << 20)

/* What was done. */
struct collect_repaired {
    bool is_missing;            /* there is no collection; nothing was done */
    struct collection_repair r; /* when r.is_sound, the collection was usable; nothing was done */
    struct buf label;           /* the store's name for messages */
    struct buf old;             /* the name of the object that keeps the original bytes */
};

/* If the collection can't be used, replace it with the members that can be recovered from it. The original bytes are first kept
 * beside it as NAME.broken-TIME. On any result but STORE_OK `why` has the reason and the collection is unchanged. Release *out with
 * collect_repaired_release() whatever the result. */
must_check enum store_result collect_repair(const struct collect_place *place, struct collect_repaired *out,
                                            struct buf *why);

/* Free what *r holds. */
void collect_repaired_release(struct collect_repaired *r);

#endif
