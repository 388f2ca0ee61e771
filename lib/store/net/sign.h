/* SPDX-License-Identifier: MIT */
/* Keys, signatures and digests. The only user of OpenSSL. */
#ifndef STORE_NET_SIGN_H
#define STORE_NET_SIGN_H

#include <stddef.h>

#include "sys/attr.h"

#define SIGN_KEY_MAX 256 /* bytes of a decoded key; Azure's have 64 */
#define SIGN_TEXT 48     /* room for any signature or digest as base64 text, with its NUL */

struct sign_key {
    unsigned char bytes[SIGN_KEY_MAX];
    size_t len;
};

struct sign_digest;

/* Decode a base64 key strictly: no blanks, correct padding, not empty. 0, or -EINVAL. The caller wipes *key after use. */
must_check nonnull int sign_key_decode(const char *base64, struct sign_key *key);

/* Write the base64 of HMAC-SHA256(key, data) to `text`. 0, or -EIO when the library fails. */
must_check nonnull int sign_hmac(const struct sign_key *key, const void *data, size_t len, char text[SIGN_TEXT]);

/* Begin an MD5, for Content-MD5: it detects damage, not tampering. NULL when out of memory or when the library does not offer
 * MD5. The caller frees it with sign_digest_free(). */
must_check struct sign_digest *sign_digest_new(void);

/* Add bytes to a digest. An error is kept and returned by sign_digest_end(). */
nonnull void sign_digest_add(struct sign_digest *digest, const void *data, size_t len);

/* End a digest and write it as base64; only freeing it is allowed afterwards. 0, or -EIO. */
must_check nonnull int sign_digest_end(struct sign_digest *digest, char text[SIGN_TEXT]);

/* Free a digest; NULL is fine. */
void sign_digest_free(struct sign_digest *digest);

/* sign_digest_free() for the variable at `digest`; for auto_digest. */
void sign_digest_drop(struct sign_digest **digest);

#define auto_digest __attribute__((cleanup(sign_digest_drop))) struct sign_digest

#endif
