/* SPDX-License-Identifier: MIT */
/* SHA-256 (FIPS 180-4), for comparing contents without OpenSSL. Not for keys: it neither runs in constant time nor wipes its
 * state. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#include "sys/attr.h"

#define SHA256_BYTES 32 /* of a digest */

/* The state of a digest being computed. It owns nothing. */
struct sha256 {
    uint32_t state[8];
    uint64_t bytes; /* taken so far */
    unsigned char block[64];
};

/* Begin a digest. */
nonnull void sha256_begin(struct sha256 *digest);

/* Add `len` bytes to a digest that was begun. */
nonnull void sha256_add(struct sha256 *digest, const void *data, size_t len);

/* End the digest and write it to `out`; it must be begun again before anything is added. */
nonnull void sha256_end(struct sha256 *digest, unsigned char out[SHA256_BYTES]);

#endif
