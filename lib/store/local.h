/* SPDX-License-Identifier: MIT */
/* Inside of the local folder backend. Not for other code. */
#ifndef STORE_LOCAL_H
#define STORE_LOCAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "store/store.h"
#include "sys/attr.h"

/* What no object's name may have as start of a part: lock files and unfinished objects are called so. */
#define LOCAL_HIDDEN ".dtrack-"

#define LOCAL_TAG 48 /* room for a tag with its NUL */

struct local_store {
    char *root; /* absolute, no slash at the end */
    const char *label;
    int64_t deadline_ms;
    bool (*hurry)(void); /* as in struct store_config */
};

/* Look for links of other users on the way from the store's root to `path`, an object's. 0; -ELOOP when there is one, which is
 * not to be followed; or another -errno. */
must_check int local_check_links(const struct local_store *fs, const char *path);

/* Append the path of the object `name`. */
nonnull void local_path(const struct local_store *fs, const char *name, struct buf *path);

/* The result for a failed system call, with the message "cannot VERB 'PATH': error". */
must_check nonnull enum store_result local_fail(struct buf *why, const char *verb, const char *path, int err);

/* Read the open object from its start: pieces go to `sink` (may be NULL), the tag of the content to `etag`
 * (may be NULL). 0 or a negative errno; *stopped tells that it is the sink's. */
must_check int local_stream(int fd, store_sink_fn sink, void *ctx, char etag[LOCAL_TAG], bool *stopped);

/* Open the object at `path` for reading; the caller closes it. -ENOENT when it is missing or no plain file.
 */
must_check nonnull int local_open_object(const char *path);

/* The backend's get: see struct store_backend. */
must_check enum store_result local_get(struct store *store, const char *name, store_sink_fn sink, void *ctx, struct buf *etag,
                                       struct buf *why);

/* The backend's put: see struct store_backend. */
must_check enum store_result local_put(struct store *store, const char *name, const struct store_body *body,
                                       enum store_mode mode, const char *etag, struct buf *why);

/* The backend's list: see struct store_backend. */
must_check enum store_result local_list(struct store *store, const char *prefix, store_list_fn each,
                                        void *ctx, struct buf *why);

#endif
