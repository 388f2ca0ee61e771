/* SPDX-License-Identifier: MIT */
/* The only file that knows zlib. Owns the streams' state, never the descriptor. */
#include "export/gzip.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/own.h"

#define CHUNK_BYTES 65536
#define WINDOW_GZIP (MAX_WBITS + 16)

/* The knee, measured on rows of a build (lib/export/README.md): level 6 gains 6 % of size for half as much
 * time again, level 3 gives away 19 % to save two fifths of it. */
#define LEVEL 5

struct gzip {
    z_stream z;
    int fd;
    int error;
    uint64_t written;
    unsigned char out[CHUNK_BYTES];
};

struct gunzip {
    z_stream z;
    gunzip_line_fn each;
    void *ctx;
    int error;
    bool between; /* at the start of a member: the input may end here */
    bool any;     /* a member has been read */
    struct buf line;
    unsigned char out[CHUNK_BYTES];
};

int gzip_new(int fd, struct gzip **out)
{
    struct gzip *gz = calloc(1, sizeof *gz);
    if (!gz)
        return -ENOMEM;
    gz->fd = fd;
    if (deflateInit2(&gz->z, LEVEL, Z_DEFLATED, WINDOW_GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(gz);
        return -ENOMEM;
    }
    *out = gz;
    return 0;
}

/* Run the compressor until it has taken all input and, with Z_FINISH, given all output. */
static int deflate_all(struct gzip *gz, int flush)
{
    int result;
    do {
        gz->z.next_out = gz->out;
        gz->z.avail_out = sizeof gz->out;
        result = deflate(&gz->z, flush);
        size_t made = sizeof gz->out - gz->z.avail_out;
        gz->error = file_write_all(gz->fd, gz->out, made);
        gz->written += made;
    } while (!gz->error && (flush == Z_FINISH ? result != Z_STREAM_END : !gz->z.avail_out));
    return gz->error;
}

/* zlib counts in 32 bits, hence the pieces. The first error stays: later calls do nothing and return it. */
int gzip_write(struct gzip *gz, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    while (len && !gz->error) {
        uInt take = (uInt)MIN(len, (size_t)UINT_MAX);
        gz->z.next_in = (unsigned char *)(uintptr_t)at;
        gz->z.avail_in = take;
        deflate_all(gz, Z_NO_FLUSH);
        at += take;
        len -= take;
    }
    return gz->error;
}

int gzip_finish(struct gzip *gz, uint64_t *written)
{
    if (!gz->error)
        deflate_all(gz, Z_FINISH);
    if (!gz->error && written)
        *written = gz->written;
    return gz->error;
}

int gzip_put(struct buf *out, const void *bytes, size_t len)
{
    unsigned char piece[4096];
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)bytes, .avail_in = (uInt)len};
    if (len > UINT_MAX)
        return -EFBIG;
    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, WINDOW_GZIP, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return -ENOMEM;
    int result;
    do {
        z.next_out = piece;
        z.avail_out = sizeof piece;
        result = deflate(&z, Z_FINISH);
        buf_add(out, piece, sizeof piece - z.avail_out);
    } while (result == Z_OK);
    deflateEnd(&z);
    return buf_error(out);
}

void gzip_free(struct gzip *gz)
{
    if (gz)
        deflateEnd(&gz->z);
    free(gz);
}

int gunzip_new(gunzip_line_fn each, void *ctx, struct gunzip **out)
{
    struct gunzip *gz = calloc(1, sizeof *gz);
    if (!gz)
        return -ENOMEM;
    gz->each = each;
    gz->ctx = ctx;
    gz->between = true;
    gz->line.limit = GUNZIP_LINE_MAX;
    if (inflateInit2(&gz->z, WINDOW_GZIP) != Z_OK) {
        free(gz);
        return -ENOMEM;
    }
    *out = gz;
    return 0;
}

/* Hand out one line: what was kept of it, and its end in `text`. */
static int emit_line(struct gunzip *gz, const char *text, size_t len)
{
    if (!gz->line.len)
        return gz->each(gz->ctx, text, len);
    buf_add(&gz->line, text, len);
    int err = buf_error(&gz->line);
    if (err)
        return err == -EFBIG ? -EMSGSIZE : err;
    err = gz->each(gz->ctx, gz->line.data, gz->line.len);
    buf_clear(&gz->line);
    return err;
}

/* Split decompressed text at its newlines; the rest is kept for the next time. */
static int split_lines(struct gunzip *gz, const char *text, size_t len)
{
    const char *end = text + len, *newline;
    while (text < end && (newline = memchr(text, '\n', (size_t)(end - text)))) {
        int err = emit_line(gz, text, (size_t)(newline + 1 - text));
        if (err)
            return err;
        text = newline + 1;
    }
    buf_add(&gz->line, text, (size_t)(end - text));
    int err = buf_error(&gz->line);
    return err == -EFBIG ? -EMSGSIZE : err;
}

/* Decompress once into the chunk and split what came out. */
static int inflate_step(struct gunzip *gz)
{
    if (gz->between)
        inflateReset(&gz->z);
    gz->between = false;
    gz->z.next_out = gz->out;
    gz->z.avail_out = sizeof gz->out;
    int result = inflate(&gz->z, Z_NO_FLUSH);
    if (result == Z_MEM_ERROR)
        return -ENOMEM;
    /* a buffer error only says that more input is needed */
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        return -EBADMSG;
    if (result == Z_STREAM_END)
        gz->between = gz->any = true;
    return split_lines(gz, (const char *)gz->out, sizeof gz->out - gz->z.avail_out);
}

/* On and on while there is input, or a full chunk says that there may be more output; behind the end of a member there is
 * none. */
int gunzip_feed(void *stream, const void *bytes, size_t len)
{
    struct gunzip *gz = stream;
    const unsigned char *at = bytes;
    while (len && !gz->error) {
        uInt take = (uInt)MIN(len, (size_t)UINT_MAX);
        gz->z.next_in = (unsigned char *)(uintptr_t)at;
        gz->z.avail_in = take;
        do
            gz->error = inflate_step(gz);
        while (!gz->error && (gz->z.avail_in || (!gz->z.avail_out && !gz->between)));
        at += take;
        len -= take;
    }
    return gz->error;
}

/* An object that ends within a member was cut off on its way; one without any is empty, and no gzip at all. */
int gunzip_finish(struct gunzip *gz)
{
    if (!gz->error && (!gz->between || !gz->any))
        gz->error = -EBADMSG;
    if (!gz->error && gz->line.len)
        gz->error = emit_line(gz, "", 0);
    return gz->error;
}

void gunzip_free(struct gunzip *gz)
{
    if (!gz)
        return;
    inflateEnd(&gz->z);
    buf_release(&gz->line);
    free(gz);
}
