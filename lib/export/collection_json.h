/* SPDX-License-Identifier: MIT */
/* The collection: a flat JSON object of named values, kept in one object of a store and shared by many jobs.
 */
#ifndef EXPORT_COLLECTION_JSON_H
#define EXPORT_COLLECTION_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/json_lex.h"
#include "sys/attr.h"

/* The longest collection that is read, and that is written: ours never grows beyond what anybody can read again. */
#define COLLECTION_MAX ((size_t)16 << 20)

/* One value to store; strings are the caller's. */
struct collection_value {
    const char *name;
    const char *json; /* the value as JSON text */
};

/* Append a collection as it is read: without the blanks between its tokens, and otherwise as it stands. One without a byte, or
 * of blanks only, is an object without members; what Python writes for numbers that are none is a number. No trees: one of short
 * values would take fifty times its length. -EINVAL when it is not a JSON object, -E2BIG when it is nested too deeply, or the
 * buffer's error. */
must_check int collection_compact(const struct buf *text, struct buf *out);

/* Going over the members of what collection_compact() gave. Both texts point into that. */
struct collection_walk {
    struct json_lexer lx;
    struct buf key;             /* of the member in hand, NUL-terminated; to be released at last */
    const char *member, *value; /* "key":value, and the value alone, as JSON */
    size_t member_len, value_len;
};

/* Before the first member of `compact`, which must stay as it is. */
struct collection_walk collection_members(const struct buf *compact);

/* Go on to the next member. False behind the last one, or with key.error set. */
must_check bool collection_next(struct collection_walk *w);

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
must_check int collection_place(const char *store_url, const char *collection, struct buf *url, const char **name);

#endif
