/* SPDX-License-Identifier: MIT */
/* JSON as a tree, for documents that are small, nested or edited. Rows are read with base/json_lex.h and written with
 * base/json_write.h. Numbers keep their text: 64-bit integers are exact, and a number that is not edited is printed as it was
 * written. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sys/attr.h"

#define JSON_TEXT_MAX ((size_t)16 << 20)

/* A value of the tree. It belongs to the tree's root; NULL is accepted by all readers and has no content. */
struct json;

/* Parse a complete text of at most JSON_TEXT_MAX bytes; a byte order mark before it is ignored. On 0 *out is
 * the caller's, for json_free(). -EINVAL when it is not JSON or not UTF-8, -E2BIG when it is nested deeper
 * than JSON_DEPTH_MAX, -EFBIG when it is too long, -ENOMEM. An escaped U+0000 or lone surrogate becomes
 * U+FFFD. */
must_check int json_parse(const char *text, size_t len, struct json **out);

/* The same, but accepts NaN, Infinity and -Infinity as numbers, as Python's json module does. They are printed unchanged. */
must_check int json_parse_loose(const char *text, size_t len, struct json **out);

/* Free a tree. NULL is fine. */
void json_free(struct json *root);

/* The member of an object by its exact key, the last one when the key repeats, as JavaScript does. NULL when
 * there is none or the value is no object. */
struct json *json_get(const struct json *object, const char *key);

/* The first element of a list or member of an object, or NULL. */
struct json *json_first(const struct json *parent);

/* The element or member after this one, or NULL. */
struct json *json_next(const struct json *value);

/* The key of an object's member; NULL for anything else. Owned by the tree. */
const char *json_key(const struct json *member);

/* The characters of a string; NULL for anything else. Owned by the tree. */
const char *json_text(const struct json *value);

/* Is the value an object? */
bool json_is_object(const struct json *value);

/* Write an integer to *out, exactly. False, and *out untouched, for anything else. */
bool json_int(const struct json *value, int64_t *out);

/* Write a boolean to *out. False, and *out untouched, for anything else. */
bool json_bool(const struct json *value, bool *out);

/* Set the object's member `key` to the value in the JSON text `text`: replaced in place, or added at the end. Errors as
 * json_parse(), and -EINVAL when `object` is not an object. */
must_check int json_set(struct json *object, const char *key, const char *text);

/* Append the tree as compact JSON text on one line. 0 or -ENOMEM. */
must_check int json_print(const struct json *root, struct buf *out);

/* Append a JSON text without the blanks between its tokens and without a byte order mark, otherwise unchanged. It must be valid for
 * json_parse() or, if `loose`, for json_parse_loose(). */
void json_put_compact(struct buf *out, const char *text, size_t len, bool loose);

/* Append user input as a compact JSON value: valid JSON as it is, anything else as a string. A number by itself stays a number
 * only if converting it to a double loses nothing of its text: 1.10, 4e12 and 20 digits become strings. 0 or -ENOMEM. */
must_check int json_put_typed(struct buf *out, const char *typed);

#define auto_json __attribute__((cleanup(json_free_ptr))) struct json *

/* Free the tree that *root holds. For auto_json. */
static inline void json_free_ptr(struct json **root)
{
    json_free(*root);
}

#endif
