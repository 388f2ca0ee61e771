/* SPDX-License-Identifier: MIT */
/* One run as a page of text: what `dtrack show` prints. Everything about the terminal is given in the
 * options. */
#ifndef EXPORT_SHOW_RUN_H
#define EXPORT_SHOW_RUN_H

#include <stdbool.h>

#include "base/buf.h"
#include "export/tree.h"
#include "model/summary.h"
#include "sys/attr.h"

struct show_options {
    int width; /* columns of a line */
    bool utf8, colour;
    bool all;  /* nothing is left out for being short or many */
    int depth; /* levels of the tree; 0 = as many as fit */
};

/* Append the head of the page: what the summary alone can say. */
void show_head(struct buf *out, const struct summary *s, const struct show_options *options);

/* Append the rest: the tree, the tasks, the slowest processes, the values and the coverage. `tree` has been
 * linked. 0 or -ENOMEM; too long a page is an error of the buffer. */
must_check int show_body(struct buf *out, const struct summary *s, const struct tree *tree,
                         const struct show_options *options);

#endif
