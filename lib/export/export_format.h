/* SPDX-License-Identifier: MIT */
/* The formats that a stored run can be exported to: one table, rows in, bytes out. */
#ifndef EXPORT_EXPORT_FORMAT_H
#define EXPORT_EXPORT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "model/span.h"
#include "model/summary.h"
#include "sys/attr.h"

/* Takes one row as it is stored. Returns 0 or a negative errno, which ends the reading. */
typedef int (*export_line_fn)(void *ctx, const char *line, size_t len);

/* Where an export comes from and goes to. */
struct export
{
    const struct summary *summary;
    struct buf *out;

    /* Hands every row of the run to `each`. Called once, or twice by a format that has a plan. */
    int (*read)(void *ctx, export_line_fn each, void *each_ctx);
    void *read_ctx;

    /* Takes away what is in `out`. */
    int (*drain)(void *ctx);
    void *drain_ctx;

    void *state; /* the format's own, `state_bytes` long and zero at first */
};

/* A format. The hooks are called in this order; each may be NULL, and returns 0 or a negative errno, which
 * ends the export. */
struct export_format {
    const char *name;   /* as given to --format */
    const char *help;   /* what it is for, in a few words */
    const char *suffix; /* of the names of its files */
    bool binary;        /* no text, and not for a terminal */
    bool all_rows;      /* derived tasks as well, which others pass over: they are not to be mixed up with named ones */
    size_t state_bytes;
    int (*init)(struct export *e);
    int (*plan)(struct export *e, const struct span *span); /* each row, before anything is written */
    int (*begin)(struct export *e);
    int (*line)(struct export *e, const char *line, size_t len); /* each row as it is stored */
    int (*span)(struct export *e, const struct span *span);      /* or read */
    int (*end)(struct export *e);
    void (*release)(struct export *e); /* called after an error, too */
};

/* The format of that name, or NULL. */
const struct export_format *export_format(const char *name);

/* The format whose files' names end like `path`, or NULL. */
const struct export_format *export_format_of(const char *path);

/* Append the names of all formats, separated by commas. */
void export_put_names(struct buf *out);

/* Append a line for each format: its name, what it is for, how its files are called. */
void export_put_formats(struct buf *out);

/* Write the run in that format. All of `e` but `state` is set. 0, or the first error of a hook, of e->read or
 * of e->drain. */
must_check int export_write(const struct export_format *format, struct export *e);

/* Let what has been written go when it is much; for hooks that write long. 0 or an error of writing. */
must_check int export_spill(struct export *e);

#endif
