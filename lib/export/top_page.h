/* SPDX-License-Identifier: MIT */
/* A run that goes on as one frame of text, or as an object of JSON. Asks no terminal, no clock and no spool. */
#ifndef EXPORT_TOP_PAGE_H
#define EXPORT_TOP_PAGE_H

#include <stdbool.h>

#include "base/buf.h"
#include "export/estimate.h"
#include "model/live.h"

struct top_options {
    int width;  /* columns; no line is longer */
    int height; /* lines; 0 = as many as it takes */
    bool utf8, colour;
    int others;          /* runs that go on beside this one */
    const char *note;    /* a line at the end, such as which keys there are; NULL = none */
    const char *no_past; /* why there is no estimate, NULL = no earlier run of this name went well */
};

/* Append the frame. Lists that have no room are cut, and say how many entries they leave out. */
void top_page(struct buf *out, const struct live *l, const struct estimate *e, const struct top_options *options);

/* Append the same as an object, dtrack.top/1, in one line with its newline. */
void top_json(struct buf *out, const struct live *l, const struct estimate *e, const struct top_options *options);

#endif
