/* SPDX-License-Identifier: MIT */
/* The formats that a stored run can be exported to: one table, rows in, bytes out. */
#ifndef EXPORT_EXPORT_FORMAT_H
#define EXPORT_EXPORT_FORMAT_H

#include "base/buf.h"
#include "model/summary.h"
#include "sys/attr.h"

/* One export being made. The driver takes what is in `out` away after each call. */
struct export
{
    const struct summary *summary;
    struct buf *out;
    void *state; /* the format's own */
};

/* Each function returns 0 or a negative errno; begin and end may be NULL. */
struct export_format {
    const char *name; /* as given to --format */
    const char *help; /* what it is for, in a few words */
    int (*begin)(struct export *e);
    int (*row)(struct export *e, const char *line, size_t len); /* a row as it is stored */
    int (*end)(struct export *e); /* called once for each begin, also after an error */
};

/* The format of that name, or NULL. */
const struct export_format *export_format(const char *name);

/* Append "name (help)" of all formats, separated by commas. */
void export_put_formats(struct buf *out);

#endif
