/* SPDX-License-Identifier: MIT */
/* Uploads a folded run to the stores that its context names. */
#ifndef RUN_UPLOAD_H
#define RUN_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "run/context.h"
#include "run/folded_run.h"
#include "store/store.h"
#include "sys/attr.h"

#define OUTAGES_MAX 8

/* Stores that could not be reached in this round: later runs skip them instead of waiting again. */
struct outages {
    char *url[OUTAGES_MAX];
    size_t len;
};

struct upload {
    const struct folded_run *run;
    const struct context *context;
    environment_fn getenv;   /* for the stores, which may ask for credentials */
    int folder_fd;           /* the run's folder, where completed uploads are recorded */
    bool (*hurry)(void);     /* as in struct store_config, or NULL */
    struct outages *outages; /* or NULL */
    const char *collection;  /* overrides the context's, or NULL */
    struct buf *given_up;    /* gets a line for each collection that refused the values for good */
};

/* All stores have the run; its values wait for a collection that could not be reached. */
#define UPLOAD_VALUES_WAIT 1

/* Free the list. */
void outages_release(struct outages *outages);

/* Put the run's two objects into one store, the summary last: readers find a run by its summary. Objects that exist already are
 * from an earlier attempt for the same run, since run ids are unique. */
must_check enum store_result upload_run(const struct folded_run *run, struct store *into, struct buf *why);

/* Upload the run, then its values, to each store that does not have them yet. Values that a collection refuses are given up. 0 when
 * everything is uploaded; UPLOAD_VALUES_WAIT; -EAGAIN, with the first reason in `why`, when a store lacks the run or none is
 * named; or -ENOMEM. */
must_check int upload_everywhere(const struct upload *s, struct buf *why);

#endif
