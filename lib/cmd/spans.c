/* SPDX-License-Identifier: MIT */
/* From the store through the decompressor to a callback, one row at a time. */
#include "cmd/spans.h"

#include <errno.h>

#include "export/names.h"

/* One object being read; the errors are kept apart because each is explained differently. */
struct spans_reading {
    gunzip_line_fn each;
    void *ctx;
    struct gunzip *gz;
    int each_error;   /* the callback's own */
    int stream_error; /* the decompressor's, or the callback's that came through it */
};

static int take_line(void *ctx, const char *line, size_t len)
{
    struct spans_reading *r = ctx;
    return r->each_error = r->each(r->ctx, line, len);
}

static int take_bytes(void *ctx, const void *bytes, size_t len)
{
    struct spans_reading *r = ctx;
    return r->stream_error = gunzip_feed(r->gz, bytes, len);
}

static int explain(struct spans_reading *r, enum store_result result, struct buf *why)
{
    if (r->stream_error) {
        buf_clear(why);
        if (!r->each_error)
            buf_str(why, r->stream_error == -ENOMEM ? "not enough memory" : "the run's spans are damaged");
        return r->stream_error;
    }
    if (result == STORE_MISSING) {
        buf_clear(why);
        buf_str(why, "the run's spans are missing");
        return -ENOENT;
    }
    return result == STORE_OK ? 0 : -EIO;
}

int spans_read(struct store *store, const struct summary *s, gunzip_line_fn each, void *ctx, struct buf *why)
{
    auto_buf name = BUF_EMPTY;
    struct spans_reading r = {.each = each, .ctx = ctx};
    if (s->spans_object)
        buf_str(&name, s->spans_object);
    else
        names_put_spans(&name, s->run_id);
    r.stream_error = gunzip_new(take_line, &r, &r.gz);
    enum store_result result = STORE_OK;
    if (!r.stream_error)
        result = store_get(store, buf_text(&name), take_bytes, &r, NULL, why);
    if (!r.stream_error && result == STORE_OK)
        r.stream_error = gunzip_finish(r.gz);
    gunzip_free(r.gz);
    int err = explain(&r, result, why);
    if (err && err != -EIO && why->len)
        buf_printf(why, ": '%s' in %s", buf_text(&name), store_label(store));
    return err;
}
