/* SPDX-License-Identifier: MIT */
/* JSON text, written piece by piece into a buffer. No tree and no vendor: a run may have a million rows, and
 * building a tree for each takes five times as long (measured in lib/export/README.md). */
#ifndef BASE_JSON_WRITE_H
#define BASE_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Append a NUL-terminated string as a JSON string, whatever bytes it contains: invalid UTF-8 becomes U+FFFD.
 * NULL becomes null. */
void json_put_string(struct buf *out, const char *text);

/* Append JSON text for output to a terminal or CI log: the same value, but characters for which utf8_plays_tricks() is true are
 * escaped, and so is the second of two '#', since "##" starts a command to some CI agents. */
void json_put_visible(struct buf *out, const char *text, size_t len);

/* Append `len` bytes as a JSON string, as json_put_string() does; a NUL among them becomes U+FFFD. */
void json_put_bytes(struct buf *out, const void *bytes, size_t len);

/* Append an integer, exactly. */
void json_put_int(struct buf *out, int64_t value);

/* Append an integer, or null for INT64_MIN, which stands for an absent one. */
void json_put_int_or_null(struct buf *out, int64_t value);

/* Append true or false. */
void json_put_bool(struct buf *out, bool value);

#endif
