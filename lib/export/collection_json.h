/* SPDX-License-Identifier: MIT */
/* The collection: a flat JSON object of named values, kept in one object of a store and shared by many jobs.
 */
#ifndef EXPORT_COLLECTION_JSON_H
#define EXPORT_COLLECTION_JSON_H

#include <stddef.h>

#include "base/buf.h"
#include "base/json.h"
#include "sys/attr.h"

/* The longest collection that is read, and that is written: ours never grows beyond what anybody can read again. */
#define COLLECTION_MAX ((size_t)16 << 20)

/* One value to store; strings are the caller's. */
struct collection_value {
    const char *name;
    const char *json; /* the value as JSON text */
};

/* Read a collection as a tree. One without a byte, or of blanks only, is an object without members; what Python writes for
 * numbers that are none is a number. On 0 *root is the caller's, for json_free(). -EINVAL when it is not a JSON object;
 * otherwise as json_parse(). */
must_check int collection_parse(const struct buf *text, struct json **root);

/* Append to `out` the collection `existing` (NULL when there is none yet) with the values replaced in their
 * places or added at the end. Everything else stays as it was, in its order, numbers to the digit. Values that are nested
 * too deeply to be read again from within a collection, or with which it would be longer than COLLECTION_MAX, are left
 * out, and counted in *left_out. Takes memory of a few times the texts, and time by their length. -EINVAL when the existing
 * text is not a JSON object, which must not be overwritten, or a value is not JSON; otherwise as json_parse(). */
must_check int collection_merge(const struct buf *existing, const struct collection_value *values, size_t len,
                                struct buf *out, size_t *left_out);

/* Where the collection of a store is. In an azure:// store it is CONTAINER/BLOB on the same account, whatever
 * container the runs are in: the Data Tracker's consumers look for it there. Elsewhere it is an object of the
 * store itself. Appends the URL of the store to open to `url` and points *name to the object's name, within
 * `collection`. -EINVAL when that has no container, or the buffer's error. */
must_check int collection_place(const char *store_url, const char *collection, struct buf *url,
                                const char **name);

#endif
