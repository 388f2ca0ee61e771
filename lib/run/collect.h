/* SPDX-License-Identifier: MIT */
/* The collection in a store: reading it, and giving it values while other jobs do the same. */
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

/* What helps against a collection that can't be used: the end of a message. */
#define COLLECT_HELP "; 'dtrack collection repair' takes out what can be read"

/* Open the store that holds the collection; *name is the object's, and points into place->collection. STORE_OK, and the store is
 * the caller's, or why not is in `why`. */
must_check enum store_result collect_open(const struct collect_place *place, struct store **store, const char **name,
                                          struct buf *why);

/* Read the collection as text; one that isn't there is empty. STORE_OK, or why not is in `why`. */
must_check enum store_result collect_read(const struct collect_place *place, struct buf *text,
                                          struct buf *why);

/* Merge the values into the collection of the store at `url`, creating it when missing. What others write at
 * the same time stays: the merge is done again when the object has changed, until the deadline. STORE_OK, with a line in
 * `why` when some values could not be taken in; STORE_RETRY when it may go better later; STORE_REFUSED when it won't. Then
 * the reason is in `why`, and the collection is as it was. */
must_check enum store_result collect_push(const struct store_config *config, const char *url, const char *collection,
                             const struct values *values, struct buf *why);

#endif
