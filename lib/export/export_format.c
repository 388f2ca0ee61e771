/* SPDX-License-Identifier: MIT */
/* The table of formats. A new one is one line here, and its file. */
#include "export/export_format.h"

#include <string.h>

#include "base/json_write.h"

/* Rows leave as they are stored, so that what is exported is what was recorded; but whoever prints them to a
 * terminal shall see them, not obey them. */
static int put_row(struct export *e, const char *line, size_t len)
{
    json_put_visible(e->out, line, len);
    return buf_error(e->out);
}

static const struct export_format formats[] = {
    {"ndjson", "one JSON object a line, as stored", NULL, put_row, NULL},
};

const struct export_format *export_format(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++)
        if (!strcmp(formats[i].name, name))
            return &formats[i];
    return NULL;
}

void export_put_formats(struct buf *out)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++)
        buf_printf(out, "%s%s (%s)", i ? ", " : "", formats[i].name, formats[i].help);
}
