/* SPDX-License-Identifier: MIT */
/* Digests of a body, in memory or in a file. */
#ifndef STORE_NET_BODY_DIGEST_H
#define STORE_NET_BODY_DIGEST_H

#include <stdint.h>

#include "store/net/sign.h"
#include "store/store.h"
#include "sys/attr.h"

/* Add `len` bytes of the body, from `offset`, to each digest in `to` (ends with NULL). 0 or an error as
 * body_read(). */
must_check nonnull int body_digest(const struct store_body *body, uint64_t offset, uint64_t len,
                                   struct sign_digest *const *to);

#endif
