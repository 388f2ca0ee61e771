/* SPDX-License-Identifier: MIT */
/* Any bytes as a gzip stream, whole and byte by byte: the same lines come out either way, each ends with a
 * newline but perhaps the last, and damage is an error. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "export/gzip.h"

#include "fuzz.h"

struct seen {
    struct buf text;
    bool unended; /* a line without a newline came by */
};

static int see(void *ctx, const char *line, size_t len)
{
    struct seen *seen = ctx;
    PROMISE(len && !seen->unended);
    const char *newline = memchr(line, '\n', len);
    PROMISE(!newline || newline == line + len - 1);
    seen->unended = !newline;
    buf_add(&seen->text, line, len);
    return 0;
}

static int decompress(const uint8_t *data, size_t size, size_t step, struct seen *seen)
{
    struct gunzip *gz = NULL;
    int err = gunzip_new(see, seen, &gz);
    for (size_t at = 0; !err && at < size; at += step)
        err = gunzip_feed(gz, data + at, MIN(step, size - at));
    if (!err)
        err = gunzip_finish(gz);
    gunzip_free(gz);
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seen whole = {0}, bytewise = {0};
    int err = decompress(data, size, size ? size : 1, &whole);
    PROMISE(!err || err == -EBADMSG || err == -EMSGSIZE);
    PROMISE(decompress(data, size, 1, &bytewise) == err);
    PROMISE(err || !strcmp(buf_text(&whole.text), buf_text(&bytewise.text)));
    buf_release(&whole.text);
    buf_release(&bytewise.text);
    return 0;
}
