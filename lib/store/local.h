/* SPDX-License-Identifier: MIT */
/* Internals of the local folder backend. Not for other code. */
#ifndef STORE_LOCAL_H
#define STORE_LOCAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "store/store.h"
#include "sys/attr.h"

/* The prefix of lock files and unfinished objects; no component of an object's name may start with it. */
#define LOCAL_HIDDEN ".dtrack-"

#define LOCAL_TAG 48 /* room for a tag with its NUL */

struct local_store {
    char *root; /* absolute, no slash at the end */
    const char *label;
    int64_t deadline_ms;
    bool (*hurry)(void); /* as in struct store_config */
};

/* Open the folder that contains the object `name`, with O_PATH; *last points to the name's last component. Symlinks of other
 * users are not followed below the store's root, nor on the path to the root in folders where anybody could have put them.
 * `make`: create missing folders. A descriptor, which the caller closes; -ELOOP for such a symlink; or another -errno. */
must_check nonnull int local_enter(const struct local_store *fs, const char *name, bool make, const char **last);

/* Append the path of the object `name`; used in messages only. */
nonnull void local_path(const struct local_store *fs, const char *name, struct buf *path);

/* The result for a failed system call, with the message "cannot VERB 'PATH': error". */
must_check nonnull enum store_result local_fail(struct buf *why, const char *verb, const char *path, int err);

/* Read the open object from its start, passing the pieces to `sink` (may be NULL), and write the tag of the content to `etag`
 * (may be NULL). 0 or -errno; *stopped is true when the error came from the sink. */
must_check int local_stream(int fd, store_sink_fn sink, void *ctx, char etag[LOCAL_TAG], bool *stopped);

/* Open the object `last` of an open folder for reading. A descriptor, which the caller closes; -ENOENT when it is missing or not a
 * regular file; or another -errno. */
must_check nonnull int local_open_object(int folder, const char *last);

/* The backend's get: see struct store_backend. */
must_check enum store_result local_get(struct store *store, const char *name, store_sink_fn sink, void *ctx,
                                       struct buf *etag, struct buf *why);

/* The backend's put: see struct store_backend. */
must_check enum store_result local_put(struct store *store, const char *name, const struct store_body *body,
                                       enum store_mode mode, const char *etag, struct buf *why);

/* The backend's list: see struct store_backend. */
must_check enum store_result local_list(struct store *store, const char *prefix, store_list_fn each, void *ctx,
                                        struct buf *why);

#endif
