/* SPDX-License-Identifier: MIT */
/* Names to paths, and reading. Knows no content. */
#include "store/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/own.h"
#include "base/paths.h"
#include "base/sha256.h"
#include "store/backend.h"
#include "store/body.h"

void local_path(const struct local_store *fs, const char *name, struct buf *path)
{
    buf_printf(path, "%s/%s", fs->root, name);
}

/* Whether the cause may be gone at a later attempt: lack of space or memory, an unreachable file server. */
static bool is_transient(int err)
{
    static const int passing[] = {EAGAIN, EDQUOT, EINTR, EIO, EMFILE, ENFILE, ENOMEM, ENOSPC, ESTALE, ETIMEDOUT};
    for (size_t i = 0; i < ARRAY_LEN(passing); i++)
        if (err == -passing[i])
            return true;
    return false;
}

enum store_result local_fail(struct buf *why, const char *verb, const char *path, int err)
{
    buf_clear(why);
    buf_printf(why, "cannot %s '%s': %s", verb, path, strerror(-err));
    if (err == -EACCES || err == -EPERM || err == -EROFS)
        buf_str(why, "; check who may use the folder");
    if (err == -ELOOP)
        buf_str(why, "; a link of another user's is on the way, which is not followed");
    return err == -ENOENT ? STORE_MISSING : is_transient(err) ? STORE_RETRY : STORE_REFUSED;
}

/* Anything but a regular file counts as missing. */
int local_open_object(int folder, const char *last)
{
    /* O_NONBLOCK: opening a FIFO must not block */
    auto_fd fd = openat(folder, last, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOTDIR || errno == ELOOP ? -ENOENT : -errno;
    struct stat st;
    if (fstat(fd, &st))
        return -errno;
    return S_ISREG(st.st_mode) ? take_fd(&fd) : -ENOENT;
}

/* Objects are never written in place, so an open descriptor reads one version from start to end. */
static int stream_chunks(int fd, char *chunk, store_sink_fn sink, void *ctx, struct sha256 *digest, bool *stopped)
{
    for (;;) {
        ssize_t n = read(fd, chunk, BODY_CHUNK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n ? -errno : 0;
        if (digest)
            sha256_add(digest, chunk, (size_t)n);
        int err = sink ? sink(ctx, chunk, (size_t)n) : 0;
        *stopped = err;
        if (err)
            return err;
    }
}

static int put_tag(struct sha256 *digest, char etag[LOCAL_TAG])
{
    unsigned char sum[SHA256_BYTES];
    auto_buf text = BUF_EMPTY;
    sha256_end(digest, sum);
    base64_put(&text, sum, sizeof sum);
    snprintf(etag, LOCAL_TAG, "%s", buf_text(&text));
    return buf_error(&text);
}

/* The tag is a digest of the content, computed during the read: a file system has no tags, and timestamps are too coarse to tell
 * two versions apart. */
int local_stream(int fd, store_sink_fn sink, void *ctx, char etag[LOCAL_TAG], bool *stopped)
{
    auto_free char *chunk = malloc(BODY_CHUNK);
    struct sha256 digest;
    *stopped = false;
    if (!chunk)
        return -ENOMEM;
    sha256_begin(&digest);
    int err = stream_chunks(fd, chunk, sink, ctx, etag ? &digest : NULL, stopped);
    return err || !etag ? err : put_tag(&digest, etag);
}

static int open_named(const struct local_store *fs, const char *name)
{
    const char *last;
    auto_fd folder = local_enter(fs, name, false, &last);
    if (folder < 0)
        return folder == -ENOTDIR ? -ENOENT : folder;
    return local_open_object(folder, last);
}

enum store_result local_get(struct store *store, const char *name, store_sink_fn sink, void *ctx, struct buf *etag,
                            struct buf *why)
{
    auto_buf path = BUF_EMPTY;
    char tag[LOCAL_TAG];
    bool stopped = false;
    local_path(store->self, name, &path);
    auto_fd fd = open_named(store->self, name);
    int err = fd < 0 ? fd : local_stream(fd, sink, ctx, etag ? tag : NULL, &stopped);
    if (err) {
        enum store_result result = local_fail(why, "read", buf_text(&path), err);
        return stopped ? STORE_REFUSED : result;
    }
    if (etag) {
        buf_clear(etag);
        buf_str(etag, tag);
    }
    return STORE_OK;
}
