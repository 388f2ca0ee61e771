/* SPDX-License-Identifier: MIT */
/* Base64, standard alphabet with padding (RFC 4648, section 4). */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>

#include "base/buf.h"
#include "sys/attr.h"

/* Append the base64 text of `len` bytes. */
void base64_put(struct buf *out, const void *bytes, size_t len);

/* Decode `len` characters into `out`, which has room for 3 bytes for each 4 of them. Returns the number of
 * bytes written, or -1 when the text is not base64. Text and `out` may be the same memory. */
must_check long base64_decode(const char *text, size_t len, void *out);

#endif
