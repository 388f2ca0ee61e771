/* SPDX-License-Identifier: MIT */
/* The body of an object, in memory or in a file, read piece by piece so that memory stays bounded. */
#include "store/body.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"

int body_read(const struct store_body *body, uint64_t offset, void *to, size_t len)
{
    if (offset > body->size || len > body->size - offset)
        return -ENODATA;
    if (body->fd < 0) {
        if (len)
            memcpy(to, (const char *)body->data + offset, len);
        return 0;
    }
    for (size_t done = 0; done < len;) {
        ssize_t n = pread(body->fd, (char *)to + done, len - done, (off_t)(offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n ? -errno : -ENODATA;
        done += (size_t)n;
    }
    return 0;
}

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
