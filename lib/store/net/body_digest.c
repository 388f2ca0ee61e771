/* SPDX-License-Identifier: MIT */
/* Feeds a body to digests, piece by piece. */
#include "store/net/body_digest.h"

#include <errno.h>

#include "base/own.h"
#include "store/body.h"

int body_digest(const struct store_body *body, uint64_t offset, uint64_t len, struct sign_digest *const *to)
{
    auto_free char *chunk = malloc(BODY_CHUNK);
    if (!chunk)
        return -ENOMEM;
    while (len) {
        size_t part = (size_t)MIN(len, (uint64_t)BODY_CHUNK);
        int err = body_read(body, offset, chunk, part);
        if (err)
            return err;
        for (struct sign_digest *const *digest = to; *digest; digest++)
            sign_digest_add(*digest, chunk, part);
        offset += part;
        len -= part;
    }
    return 0;
}
