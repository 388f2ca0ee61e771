/* SPDX-License-Identifier: MIT */
/* A store takes a name and bytes and gives them back. It knows no runs and no spans.
 *
 * Names are '/'-separated, relative, valid UTF-8, without empty, "." or ".." parts. Every call that can fail
 * writes one message to `why` (cleared first): lower case, no full stop, quoting the thing that failed. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sys/attr.h"

#define STORE_DEADLINE_MS 60000 /* what store_config.deadline_ms is when it says 0 */
#define STORE_HURRY_MS 3000     /* what is left once store_config.hurry says so: 10 s after a SIGTERM there often is a SIGKILL */

enum store_result {
    STORE_OK = 0,
    STORE_EXISTS,  /* a create found an object of that name, which was left alone */
    STORE_MISSING, /* no such object (or container, on a read) */
    STORE_CHANGED, /* If-Match failed: somebody wrote in between */
    STORE_RETRY,   /* could not be reached, or asked to come back later, until the deadline passed */
    STORE_REFUSED, /* credentials, permissions, bad name, bad URL, unreadable folder: trying again won't help */
};

/* Where the body of an object comes from: memory, or a file read with pread from offset 0. */
struct store_body {
    const void *data; /* used when fd < 0 */
    int fd;           /* or -1; stays the caller's */
    uint64_t size;    /* bytes, in both cases */
    const char *type; /* media type, such as "application/json" */
};

/* How a put treats an object that is there already. */
enum store_mode {
    STORE_CREATE,  /* only if there is none: STORE_EXISTS otherwise */
    STORE_REPLACE, /* only if its tag is still `etag`: STORE_CHANGED otherwise */
};

/* What a store may ask of its surroundings. Nothing under lib/store reads the environment by itself. */
struct store_config {
    const char *(*getenv)(const char *name); /* a variable's value, or NULL; never called after store_open */
    /* Total time for one call with all its retries; 0 = STORE_DEADLINE_MS. A body adds what it takes on a slow line, a
     * sink what it takes itself. */
    int64_t deadline_ms;
    /* For several calls that have one deadline together: no call is tried on beyond this moment (CLOCK_MONOTONIC, ms).
     * Bodies move it as they move the call's own. NULL: each call for itself. Used as long as the store is open. */
    int64_t *until_ms;
    /* Asked now and then while a call lasts: true when the caller has been told to end. From the moment that it is, there are
     * STORE_HURRY_MS left, for the call under way and for all until *until_ms. NULL: never. */
    bool (*hurry)(void);
    unsigned list_page;                      /* names a listing asks for at a time; 0 = the backend's choice */
};

struct store;

/* One object in a listing; pointers are valid only during the callback. */
struct store_entry {
    const char *name;
    uint64_t size;
};

/* Called for each object of a listing, in name order. Return 0 to go on, anything else to stop the listing. */
typedef int (*store_list_fn)(void *ctx, const struct store_entry *entry);

/* Called with each piece of an object that is read. Return 0 to go on, a negative errno to stop. */
typedef int (*store_sink_fn)(void *ctx, const void *bytes, size_t len);

/* Open the store that `url` names: file:///dir, azure://CONTAINER[/PREFIX], null:.  For azure the account and
 * credential come from AZURE_STORAGE_CONNECTION_STRING, else AZURE_STORAGE_ACCOUNT with AZURE_STORAGE_KEY.
 * Nothing is contacted yet; what speaks to a network is loaded now, and STORE_RETRY when that fails. On STORE_OK *out is the caller's, to be given to store_close(). */
must_check enum store_result store_open(const struct store_config *config, const char *url, struct store **out,
                                        struct buf *why);

/* Load what the store that `url` names needs beyond this program; nothing is opened or contacted. STORE_OK, also for a URL that
 * cannot be opened; STORE_RETRY when the network module does not load. */
must_check enum store_result store_prepare(const char *url, struct buf *why);

/* Release the store; credentials are wiped. NULL is fine. */
void store_close(struct store *store);

/* A printable name of the store without secrets, such as "azure://runs (account devstoreaccount1)".
 * Owned by the store. */
const char *store_label(const struct store *store);

/* Write one object whole, or not at all; a reader never sees a part of it. The container or folder is created
 * when missing. `etag` is for STORE_REPLACE only. */
must_check enum store_result store_put(struct store *store, const char *name, const struct store_body *body,
                                       enum store_mode mode, const char *etag, struct buf *why);

/* Create one object, unless this was done before: STORE_OK also when an object of that name has the very same bytes
 * already, which an earlier try of unknown outcome explains. STORE_EXISTS when it has others; it is left alone. */
must_check enum store_result store_put_once(struct store *store, const char *name, const struct store_body *body,
                                            struct buf *why);

/* Read one object, in pieces, into `sink`. When `etag` is not NULL it receives the object's tag, for a later
 * STORE_REPLACE. STORE_REFUSED when the sink stopped it. */
must_check enum store_result store_get(struct store *store, const char *name, store_sink_fn sink, void *ctx,
                                       struct buf *etag, struct buf *why);

/* Read one object of at most `limit` bytes into `out`. Otherwise as store_get(). */
must_check enum store_result store_get_small(struct store *store, const char *name, size_t limit, struct buf *out,
                                             struct buf *etag, struct buf *why);

/* List the objects whose names start with `prefix`, in name order. A store that isn't there yet is empty. A
 * listing that `each` stopped is STORE_OK. */
must_check enum store_result store_list(struct store *store, const char *prefix, store_list_fn each, void *ctx,
                                        struct buf *why);

/* What a backend is. One constant table a backend, collected in store.c. */
struct store_backend {
    const char *scheme; /* URL scheme with its colon, such as "file:" */
    /* As store_open(); `rest` is the URL behind the scheme. Sets store->self. */
    enum store_result (*open)(struct store *store, const struct store_config *config, const char *rest,
                              struct buf *why);
    void (*close)(struct store *store);
    enum store_result (*put)(struct store *store, const char *name, const struct store_body *body,
                             enum store_mode mode, const char *etag, struct buf *why);
    enum store_result (*get)(struct store *store, const char *name, store_sink_fn sink, void *ctx,
                             struct buf *etag, struct buf *why);
    enum store_result (*list)(struct store *store, const char *prefix, store_list_fn each, void *ctx,
                              struct buf *why);
};

/* Common part of an open store; backends hang their own state on `self`. */
struct store {
    const struct store_backend *backend;
    void *self;
    char *label; /* heap, set by the backend's open */
};

#endif
