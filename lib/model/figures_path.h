/* SPDX-License-Identifier: MIT */
/* The observed critical path: whose end was waited for, at each moment of the run. */
#ifndef MODEL_FIGURES_PATH_H
#define MODEL_FIGURES_PATH_H

#include "model/figures.h"

/* A piece of the path: ns from the run's start, charged to a row (an image, not a whole life; FIGURES_RUN: to the run itself,
 * as nobody in it was there). */
struct figures_piece {
    int64_t from_ns, to_ns; /* from < to */
    uint32_t row;
};

/* Called with each piece, from the end of the run back to its start. 0 to go on; anything else stops. */
typedef int (*figures_piece_fn)(void *ctx, const struct figures_piece *piece);

/* Walk the path of linked figures. The pieces tile [0, f->dur_ns]: each begins where the next one called ends. Neighbours are
 * never of the same row. 0, -ENOMEM, or what `each` stopped it with. O(n), with 24 bytes for each level between the run and
 * whom it waits for. */
must_check int figures_path_walk(const struct figures *f, figures_piece_fn each, void *ctx);

struct figures_path {
    struct figures_piece *pieces; /* by time */
    size_t len, cap;
};

/* The whole path as an array, to be released in both cases. 0 or -ENOMEM. At most 2 n + 1 pieces of 24 bytes. */
must_check int figures_path(const struct figures *f, struct figures_path *out);

/* Free it. */
void figures_path_release(struct figures_path *path);

/* The path's time by row: adds to ns[row], an array of f->len zeros that is the caller's. The sum is f->dur_ns. 0 or -ENOMEM. */
must_check int figures_path_by_row(const struct figures *f, int64_t *ns);

#endif
