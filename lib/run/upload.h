/* SPDX-License-Identifier: MIT */
/* Giving a folded run to the stores that its context names. */
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

/* Stores that could not be reached in this round: the next runs don't wait for them again. */
struct outages {
    char *url[OUTAGES_MAX];
    size_t len;
};

struct upload {
    const struct folded_run *run;
    const struct context *context;
    environment_fn getenv;   /* for the stores, which may ask for credentials */
    int folder_fd;           /* where what was sent is noted */
    bool (*hurry)(void);     /* as in struct store_config, or NULL */
    struct outages *outages; /* or NULL */
    const char *collection;  /* in place of the context's, or NULL */
    struct buf *given_up;    /* gets a line for each collection that the values will never be in */
};

/* All stores have the run; its values wait for a collection that could not be reached. */
#define UPLOAD_VALUES_WAIT 1

/* Free the list. */
void outages_release(struct outages *outages);

/* Put the run's two objects into one store, the summary last: it makes the run exist. Objects that are there already are
 * ours, from an earlier try: run ids are never given twice. */
must_check enum store_result upload_run(const struct folded_run *run, struct store *into, struct buf *why);

/* Give each store that has not got it all yet the run, then its values for the collection. What a collection refuses is
 * given up. 0 when that is all; UPLOAD_VALUES_WAIT; else, when a store lacks the run, -EAGAIN with the first reason in `why`;
 * -ENOENT or -ENOMEM when no store is known. */
must_check int upload_everywhere(const struct upload *s, struct buf *why);

#endif
