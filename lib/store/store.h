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

#define STORE_DEADLINE_MS 60000 /* the default of store_config.deadline_ms */
#define STORE_HURRY_MS \
    3000 /* time left once store_config.hurry returns true: a SIGKILL often follows SIGTERM after 10 s */

enum store_result {
    STORE_OK = 0,
    STORE_EXISTS,  /* a create found an object of that name, which was not changed */
    STORE_MISSING, /* no such object (or container, on a read) */
    STORE_CHANGED, /* the tag did not match: another writer was faster */
    STORE_RETRY,   /* unreachable, or answering "later", until the deadline passed; a later call may succeed */
    STORE_REFUSED, /* credentials, permissions, bad name, bad URL, unreadable folder: a retry won't help */
};

/* Where the body of an object comes from: memory, or a file read with pread from offset 0. */
struct store_body {
    const void *data; /* used when fd < 0 */
    int fd;           /* or -1; stays the caller's */
    uint64_t size;    /* bytes, in both cases */
    const char *type; /* media type, such as "application/json" */
};

/* How a put treats an existing object. */
enum store_mode {
    STORE_CREATE,  /* only if there is none: STORE_EXISTS otherwise */
    STORE_REPLACE, /* only if its tag is still `etag`: STORE_CHANGED otherwise */
};

/* What a store gets from its caller. Nothing under lib/store reads the environment by itself. */
struct store_config {
    const char *(*getenv)(const char *name); /* a variable's value, or NULL; never called after store_open */
    /* Time for one call with all its retries; 0 = STORE_DEADLINE_MS. It is extended by the time that the body takes on a slow line,
     * and by the time spent in a sink. */
    int64_t deadline_ms;
    /* A deadline shared by several calls (CLOCK_MONOTONIC, ms): no call retries beyond it. Bodies extend it like deadline_ms. NULL:
     * each call has its own deadline only. Must be valid as long as the store is open. */
    int64_t *until_ms;
    /* Polled during a call: true when the caller has been told to end. From then on STORE_HURRY_MS are left, for the current call
     * and, through *until_ms, for all following ones. NULL: never. */
    bool (*hurry)(void);
    unsigned list_page; /* names a listing asks for at a time; 0 = the backend's choice */
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

/* Open the store that `url` names: file:///dir, azure://CONTAINER[/PREFIX], null:.  For azure the account and credential come
 * from AZURE_STORAGE_CONNECTION_STRING, else AZURE_STORAGE_ACCOUNT with AZURE_STORAGE_KEY. Nothing is contacted yet, but the
 * network module is loaded if the URL needs it: STORE_RETRY when that fails. On STORE_OK *out is the caller's, to be passed to
 * store_close(). */
must_check enum store_result store_open(const struct store_config *config, const char *url, struct store **out,
                                        struct buf *why);

/* Load the network module if `url` needs it; nothing is opened or contacted. STORE_OK, also for an invalid URL; STORE_RETRY when
 * the module does not load. */
must_check enum store_result store_prepare(const char *url, struct buf *why);

/* Release the store; credentials are wiped. NULL is fine. */
void store_close(struct store *store);

/* A printable name of the store without secrets, such as "azure://runs (account devstoreaccount1)".
 * Owned by the store. */
const char *store_label(const struct store *store);

/* Write one object atomically: readers never see a partial one. The container or folder is created when missing. `etag` is used
 * with STORE_REPLACE only. */
must_check enum store_result store_put(struct store *store, const char *name, const struct store_body *body,
                                       enum store_mode mode, const char *etag, struct buf *why);

/* Create one object, idempotently: STORE_OK also when an object of that name with the same bytes exists, for instance from an
 * earlier attempt of unknown outcome. STORE_EXISTS when its bytes differ; it is not changed. */
must_check enum store_result store_put_once(struct store *store, const char *name, const struct store_body *body,
                                            struct buf *why);

/* Read one object and pass it to `sink` in pieces. When `etag` is not NULL it receives the object's tag, for a later
 * STORE_REPLACE. STORE_REFUSED when the sink stopped it. */
must_check enum store_result store_get(struct store *store, const char *name, store_sink_fn sink, void *ctx,
                                       struct buf *etag, struct buf *why);

/* Read an object of at most `limit` bytes into `out`; a larger one is STORE_REFUSED. Otherwise as store_get(). */
must_check enum store_result store_get_small(struct store *store, const char *name, size_t limit, struct buf *out,
                                             struct buf *etag, struct buf *why);

/* Call `each` for the objects whose names start with `prefix`, in byte order of the names. A store that does not exist yet is
 * empty. The result is STORE_OK also when `each` stopped the listing. */
must_check enum store_result store_list(struct store *store, const char *prefix, store_list_fn each, void *ctx,
                                        struct buf *why);

/* The functions of a backend: one constant table per backend, collected in store.c and net/backends.c. */
struct store_backend {
    const char *scheme; /* URL scheme with its colon, such as "file:" */
    /* As store_open(); `rest` is the URL after the scheme. Sets store->self and store->label. */
    enum store_result (*open)(struct store *store, const struct store_config *config, const char *rest,
                              struct buf *why);
    void (*close)(struct store *store);
    enum store_result (*put)(struct store *store, const char *name, const struct store_body *body, enum store_mode mode,
                             const char *etag, struct buf *why);
    enum store_result (*get)(struct store *store, const char *name, store_sink_fn sink, void *ctx, struct buf *etag,
                             struct buf *why);
    enum store_result (*list)(struct store *store, const char *prefix, store_list_fn each, void *ctx, struct buf *why);
};

/* The common part of an open store; `self` points to the backend's own state. */
struct store {
    const struct store_backend *backend;
    void *self;
    char *label; /* for messages; on the heap, set by the backend's open */
};

#endif
