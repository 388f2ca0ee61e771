/* SPDX-License-Identifier: MIT */
/* One run as a page of text: what `dtrack show` prints. Everything about the terminal is given in the
 * options. */
#ifndef EXPORT_SHOW_RUN_H
#define EXPORT_SHOW_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "export/digest.h"
#include "export/tree.h"
#include "model/summary.h"
#include "sys/attr.h"

struct show_options {
    int width; /* columns of a line */
    bool utf8, colour;
    bool all;         /* nothing is left out for being short or many */
    bool failures;    /* list every failure, the handled ones as well */
    int depth;        /* levels of the tree; 0 = as many as fit */
    int top;          /* lines of a table; 0 = as many as the first page has room for */
    int64_t min_ns;   /* what took less has no line; 0 = no such bound */
    const char *task; /* only this task, and what is in it; NULL = the run */
    int64_t now_ns;   /* Unix: how long a run that goes on has taken; 0 = that is not said */
};

/* Append the head of the page: what the summary alone can say. */
void show_head(struct buf *out, const struct summary *s, const struct show_options *options);

/* Append the first page behind its head: what failed, where the time went, what the record can't tell. `digest` has been
 * finished. Too long a page is an error of the buffer. 0 or -ENOMEM. */
must_check int show_first(struct buf *out, const struct summary *s, const struct digest *digest,
                          const struct show_options *options);

/* Append the tree instead. `tree` has been linked. Otherwise as show_first(). */
must_check int show_tree(struct buf *out, const struct summary *s, const struct tree *tree,
                         const struct show_options *options);

#endif
