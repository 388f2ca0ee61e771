/* SPDX-License-Identifier: MIT */
/* JSON text, written piece by piece into a buffer. No tree and no vendor: a run may have a million rows, and
 * building a tree for each takes five times as long (measured in lib/export/README.md). */
#ifndef BASE_JSON_WRITE_H
#define BASE_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Append a NUL-terminated string as a JSON string, whatever bytes it holds: invalid UTF-8 becomes U+FFFD.
 * NULL becomes null. */
void json_put_string(struct buf *out, const char *text);

/* Append JSON text for a terminal or a CI job's log: the same value, with the characters that utf8_plays_tricks() knows
 * escaped, and the second of two '#', with which commands of CI agents begin. */
void json_put_visible(struct buf *out, const char *text, size_t len);

/* Append `len` bytes as a JSON string, mended like json_put_string(); a NUL among them becomes U+FFFD. */
void json_put_bytes(struct buf *out, const void *bytes, size_t len);

/* Append an integer, exactly. */
void json_put_int(struct buf *out, int64_t value);

/* Append an integer, or null for INT64_MIN, which stands for an absent one. */
void json_put_int_or_null(struct buf *out, int64_t value);

/* Append true or false. */
void json_put_bool(struct buf *out, bool value);

#endif
