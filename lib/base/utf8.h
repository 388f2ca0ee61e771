/* SPDX-License-Identifier: MIT */
/* UTF-8 as the formats need it: judge bytes, mend bytes, guess columns. Knows no locale. */
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

/* Whether a terminal would obey the character instead of showing it, or show a line otherwise than it is:
 * controls, those from U+0080 to U+009F among them, and what turns the direction of text, breaks lines, tags
 * or hides. */
must_check bool utf8_plays_tricks(uint32_t cp);

/* Append the bytes as part of one line that any terminal shows as it is: blanks for ASCII's controls, '?' for
 * others that play tricks, U+FFFD for what is no text. */
void utf8_put_line(struct buf *out, const void *bytes, size_t len);

/* How many terminal columns a character takes: 0, 1 or 2. A rough table of the wide and the combining blocks,
 * because wcwidth() answers for a locale that a CI agent usually doesn't set. */
int utf8_columns(uint32_t cp);

#endif
