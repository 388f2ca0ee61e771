/* SPDX-License-Identifier: MIT */
/* The collection in a store: reading it, and merging values into it while other jobs do the same. */
#ifndef RUN_COLLECT_H
#define RUN_COLLECT_H

#include "base/buf.h"
#include "run/values.h"
#include "store/store.h"
#include "sys/attr.h"

/* Where a collection is. */
struct collect_place {
    const struct store_config *config;
    const char *url;        /* of the store that the runs are in */
    const char *collection; /* DTRACK_COLLECTION */
};

/* The end of each message about a collection that can't be used: what the user can do. */
#define COLLECT_HELP "; 'dtrack collection repair' takes out what can be read"

/* Open the store that holds the collection. On STORE_OK, *store is the caller's, for store_close(), and *name is the object's name,
 * which points into place->collection. On any other result `why` has the reason. */
must_check enum store_result collect_open(const struct collect_place *place, struct store **store, const char **name,
                                          struct buf *why);

/* Read the collection as text into `text`; a missing collection reads as empty. On any result but STORE_OK `why` has the reason. */
must_check enum store_result collect_read(const struct collect_place *place, struct buf *text, struct buf *why);

/* Merge the values into the collection of the store at `url`, creating it when missing. Concurrent writes by others are kept: when
 * the object has changed, the merge is repeated until the deadline. STORE_OK, with a line in `why` when some values did not fit;
 * STORE_RETRY when a later attempt may succeed; STORE_REFUSED when none will. In the last two cases `why` has the reason and the
 * collection is unchanged. */
must_check enum store_result collect_push(const struct store_config *config, const char *url, const char *collection,
                                          const struct values *values, struct buf *why);

#endif
