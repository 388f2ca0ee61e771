/* SPDX-License-Identifier: MIT */
/* Comma-separated values by RFC 4180, one line a span with the columns of a row. All text is in quotes, also
 * where it needs none: readers that look at the first lines only would take a file without any for one whose
 * quotes mean nothing. Lists are JSON. Absent values are empty, without quotes. */
#include <string.h>

#include "base/json_write.h"
#include "export/formats.h"
#include "export/ndjson.h"
#include "export/ndjson_schema.h"
#include "export/escape.h"

static int begin(struct export *e)
{
    for (size_t i = 0; i < ndjson_keys(); i++)
        buf_printf(e->out, "%s\"%s\"", i ? "," : "", ndjson_key(i));
    buf_str(e->out, "\r\n");
    return 0;
}

static void put_list(struct buf *out, const struct span *span, const struct field *field)
{
    auto_buf json = BUF_EMPTY, shown = BUF_EMPTY;
    ndjson_put_value(&json, span, field);
    json_put_visible(&shown, json.data, json.len);
    if (buf_error(&shown) || buf_error(&json))
        out->error = json.error ? json.error : shown.error;
    else if (strcmp(shown.data, "null"))
        text_put_csv(out, shown.data);
}

static void put_field(struct buf *out, const struct span *span, const struct field *field)
{
    const void *member = (const char *)span + field->offset;
    const char *text;
    switch (field->type) {
    case FIELD_INT:
        if (*(const int64_t *)member != SPAN_NONE)
            json_put_int(out, *(const int64_t *)member);
        break;
    case FIELD_TEXT:
        text = *(const char *const *)member;
        if (text)
            text_put_csv(out, text);
        break;
    case FIELD_ARGS:
    case FIELD_RAW:
        put_list(out, span, field);
        break;
    case FIELD_BOOL:
        json_put_bool(out, *(const bool *)member);
        break;
    default: /* words of our own, as JSON has them: in quotes */
        ndjson_put_value(out, span, field);
        break;
    }
}

static int span(struct export *e, const struct span *span)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (i)
            buf_char(e->out, ',');
        put_field(e->out, span, &fields[i]);
    }
    buf_str(e->out, "\r\n");
    return 0;
}

const struct export_format format_csv = {
    .name = "csv",
    .help = "a line a span with all its columns, for DuckDB and spreadsheets",
    .suffix = ".csv",
    .all_rows = true,
    .begin = begin,
    .span = span,
};
