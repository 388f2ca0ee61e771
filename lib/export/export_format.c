/* SPDX-License-Identifier: MIT */
/* The table of formats, and what drives one. A new format is its file and one line here. */
#include "export/export_format.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_write.h"
#include "base/own.h"
#include "export/formats.h"
#include "export/ndjson.h"

#define CHUNK_BYTES 65536

/* Rows leave as they are stored, so that what is exported is what was recorded; but whoever prints them to a
 * terminal shall see them, not obey them. */
static int put_row(struct export *e, const char *line, size_t len)
{
    json_put_visible(e->out, line, len);
    return 0;
}

static const struct export_format format_ndjson = {
    .name = "ndjson",
    .help = "one JSON object a line, as stored (the default)",
    .suffix = ".ndjson",
    .line = put_row,
};

static const struct export_format *const formats[] = {
    &format_ndjson, &format_chrome,   &format_perfetto, &format_speedscope,  &format_collapsed,
    &format_csv,    &format_markdown, &format_junit,    &format_openmetrics,
};

const struct export_format *export_format(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++)
        if (!strcmp(formats[i]->name, name))
            return formats[i];
    return NULL;
}

const struct export_format *export_format_of(const char *path)
{
    size_t len = strlen(path);
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        size_t suffix = strlen(formats[i]->suffix);
        if (len > suffix && !strcmp(path + len - suffix, formats[i]->suffix))
            return formats[i];
    }
    return NULL;
}

void export_put_names(struct buf *out)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++)
        buf_printf(out, "%s%s", i ? ", " : "", formats[i]->name);
}

void export_put_formats(struct buf *out)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++)
        buf_printf(out, "  %-12s %s; *%s\n", formats[i]->name, formats[i]->help, formats[i]->suffix);
}

/* One pass over the rows. */
struct pass {
    const struct export_format *format;
    struct export *export;
    int (*hook)(struct export *e, const struct span *span); /* NULL: rows go out unread */
    struct ndjson_row row;
};

static int take_line(void *ctx, const char *line, size_t len)
{
    struct pass *pass = ctx;
    struct export *e = pass->export;
    int err;
    if (pass->hook) {
        err = ndjson_parse(&pass->row, line, len);
        if (!err && (pass->format->all_rows || !span_is_derived(&pass->row.span)))
            err = pass->hook(e, &pass->row.span);
    } else {
        err = pass->format->line(e, line, len);
    }
    return err ? err : export_spill(e);
}

static int go_over(const struct export_format *format, struct export *e,
                   int (*hook)(struct export *e, const struct span *span))
{
    struct pass pass = {.format = format, .export = e, .hook = hook};
    int err = e->read(e->read_ctx, take_line, &pass);
    ndjson_release(&pass.row);
    return err;
}

static int write_all(const struct export_format *format, struct export *e)
{
    int err = format->init ? format->init(e) : 0;
    if (!err && format->plan)
        err = go_over(format, e, format->plan);
    if (!err && format->begin)
        err = format->begin(e);
    if (!err && (format->line || format->span))
        err = go_over(format, e, format->span);
    if (!err && format->end)
        err = format->end(e);
    if (!err)
        err = buf_error(e->out);
    return err ? err : e->drain(e->drain_ctx);
}

int export_write(const struct export_format *format, struct export *e)
{
    auto_free void *state = e->state = format->state_bytes ? calloc(1, format->state_bytes) : NULL;
    if (format->state_bytes && !state)
        return -ENOMEM;
    int err = write_all(format, e);
    if (format->release)
        format->release(e);
    e->state = NULL;
    return err;
}

int export_spill(struct export *e)
{
    int err = buf_error(e->out);
    return err || e->out->len < CHUNK_BYTES ? err : e->drain(e->drain_ctx);
}
