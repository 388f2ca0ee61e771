/* SPDX-License-Identifier: MIT */
/* Reads the body of an object, from memory or from a file. */
#ifndef STORE_BODY_H
#define STORE_BODY_H

#include <stddef.h>
#include <stdint.h>

#include "store/store.h"
#include "sys/attr.h"

#define BODY_CHUNK ((size_t)64 << 10) /* bytes moved at a time */

/* Copy `len` bytes of the body, from `offset`, to `to`. 0, a negative errno of the read, or -ENODATA when the
 * file ends before its stated size. */
must_check nonnull int body_read(const struct store_body *body, uint64_t offset, void *to, size_t len);

#endif
