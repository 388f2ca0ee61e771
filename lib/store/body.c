/* SPDX-License-Identifier: MIT */
/* The body of an object, in memory or in a file, read piece by piece so that memory stays bounded. */
#include "store/body.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

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
