/* SPDX-License-Identifier: MIT */
/* UTF-8 for the output formats: validating, repairing, and estimating columns. Independent of the locale. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sys/attr.h"

#define UTF8_BAD UINT32_MAX      /* utf8_decode: these bytes are no character */
#define UTF8_MARK "\xEF\xBF\xBD" /* U+FFFD, what stands for such bytes */

/* Read one character from `len` > 0 bytes into *cp, or UTF8_BAD. Returns the bytes it took, at least one; for
 * UTF8_BAD those are a maximal invalid part, as decoders agree to replace by one U+FFFD. NUL, surrogates,
 * overlong forms and anything above U+10FFFF are bad. */
size_t utf8_decode(const void *bytes, size_t len, uint32_t *cp);

/* Are these bytes valid UTF-8 without a NUL? No bytes are valid. */
must_check bool utf8_valid(const void *bytes, size_t len);

/* Append the bytes as valid UTF-8: each invalid part becomes one U+FFFD. Valid text is copied unchanged. */
void utf8_put_clean(struct buf *out, const void *bytes, size_t len);

/* Append the character `cp`, or U+FFFD when it cannot stand in UTF-8 text. */
void utf8_put(struct buf *out, uint32_t cp);

/* Whether a terminal would interpret the character instead of showing it, or show the line misleadingly: control characters,
 * including U+0080 to U+009F; characters that change the text's direction or break lines; tags; invisible characters. */
must_check bool utf8_plays_tricks(uint32_t cp);

/* Append the bytes so that any terminal shows them unchanged on one line: ASCII control characters become blanks, other
 * characters for which utf8_plays_tricks() is true '?', and invalid bytes U+FFFD. */
void utf8_put_line(struct buf *out, const void *bytes, size_t len);

/* How many terminal columns a character takes: 0, 1 or 2. Uses a rough table of the wide and the combining blocks, because
 * wcwidth() depends on the locale, which is usually not set on CI agents. */
int utf8_columns(uint32_t cp);

#endif
