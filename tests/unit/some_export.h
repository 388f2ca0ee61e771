/* SPDX-License-Identifier: MIT */
/* An export from rows in memory into memory. */
#ifndef TESTS_SOME_EXPORT_H
#define TESTS_SOME_EXPORT_H

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "export/export_format.h"

struct some_export {
    struct export export;
    struct summary *summary;
    struct buf *out;
    const char *rows; /* lines */
    size_t rows_len;
    struct buf drained; /* what has come out */
    bool breaks;        /* nothing can be written */
};

static inline int some_export_read(void *ctx, export_line_fn each, void *each_ctx)
{
    const struct some_export *x = ctx;
    const char *at = x->rows, *end = at + x->rows_len;
    int err = 0;
    while (!err && at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at)), *next = newline ? newline + 1 : end;
        err = each(each_ctx, at, (size_t)(next - at));
        at = next;
    }
    return err;
}

static inline int some_export_drain(void *ctx)
{
    struct some_export *x = ctx;
    buf_add(&x->drained, x->out->data, x->out->len);
    buf_clear(x->out);
    return x->breaks ? -EPIPE : buf_error(&x->drained);
}

/* An export of these lines, of a run that says little. It must not move afterwards. */
static inline void some_export_init(struct some_export *x, const char *rows, size_t len)
{
    *x = (struct some_export){.rows = rows, .rows_len = len, .drained.limit = (size_t)1 << 30};
    x->summary = malloc(sizeof *x->summary);
    x->out = calloc(1, sizeof *x->out);
    if (!x->summary || !x->out)
        abort();
    summary_init(x->summary);
    strcpy(x->summary->run_id, "20261123T083622.123Z-0a1b2c3d");
    x->summary->name = strdup("run");
    x->summary->dur_ns = 0;
    x->export = (struct export){.summary = x->summary,
                                .out = x->out,
                                .read = some_export_read,
                                .drain = some_export_drain,
                                .read_ctx = x,
                                .drain_ctx = x};
}

static inline void some_export_end(struct some_export *x)
{
    summary_release(x->summary);
    free(x->summary);
    buf_release(x->out);
    free(x->out);
    buf_release(&x->drained);
}

#endif
