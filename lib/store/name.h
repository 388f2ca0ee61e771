/* SPDX-License-Identifier: MIT */
/* Object names and their percent-encoding: pure text, no I/O. */
#ifndef STORE_NAME_H
#define STORE_NAME_H

#include <stddef.h>

#include "base/buf.h"
#include "sys/attr.h"

#define NAME_MAX_BYTES 1024 /* what every store takes, the prefix of a URL included */

/* What makes `name` unfit for a store, such as "has an empty part", or NULL when it is fit: relative,
 * '/'-separated, valid UTF-8, no empty, "." or ".." part, no part ending in '.', no backslash and no control
 * character (stores fold or refuse those). */
must_check nonnull const char *name_fault(const char *name);

/* Append `text` percent-encoded: all but A-Z a-z 0-9 - _ . ~ and the bytes in `keep` becomes %XX. */
nonnull void name_encode(struct buf *out, const char *text, const char *keep);

/* Append the first `len` bytes of `text` with %XX decoded. 0, or -EINVAL when a '%' is not followed by two
 * hex digits or a NUL comes out. What was appended before the fault stays. */
must_check nonnull int name_decode(struct buf *out, const char *text, size_t len);

#endif
