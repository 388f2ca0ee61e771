/* SPDX-License-Identifier: MIT */
/* Object names and their percent-encoding: pure text, no I/O. */
#ifndef STORE_NAME_H
#define STORE_NAME_H

#include <stddef.h>

#include "base/buf.h"
#include "sys/attr.h"

#define NAME_MAX_BYTES 1024 /* accepted by every store; includes the prefix from the URL */

/* Why `name` is not a valid object name, such as "has an empty part", or NULL when it is valid: relative, '/'-separated, valid
 * UTF-8, no empty, "." or ".." part, no part ending in '.', no backslash and no control character (stores change or refuse
 * those). */
must_check nonnull const char *name_fault(const char *name);

/* Append `text` percent-encoded: each byte except A-Z a-z 0-9 - _ . ~ and those in `keep` becomes %XX. */
nonnull void name_encode(struct buf *out, const char *text, const char *keep);

/* Append the first `len` bytes of `text` with %XX decoded. 0, or -EINVAL when a '%' is not followed by two hex digits or stands
 * for a NUL; bytes before the error have been appended then. */
must_check nonnull int name_decode(struct buf *out, const char *text, size_t len);

#endif
