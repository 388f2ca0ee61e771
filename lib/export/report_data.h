/* SPDX-License-Identifier: MIT */
/* The spans of a report page: those that matter of a run of any size, as columns of numbers. The other half
 * is report/data.js, which describes the block. */
#ifndef EXPORT_REPORT_DATA_H
#define EXPORT_REPORT_DATA_H

#include <stdint.h>

#include "base/buf.h"
#include "model/figures.h"
#include "model/figures_names.h"
#include "model/figures_path.h"
#include "model/span.h"
#include "model/summary.h"
#include "sys/attr.h"

#define REPORT_SPANS_MAX 100000

#define REPORT_NONE UINT32_MAX

/* One span; words are numbers in `strings`, times microseconds from the run's start, absent numbers -1. */
struct report_span {
    uint32_t row; /* in the figures */
    uint32_t id, name, exe, cwd, task, value;
    uint32_t first_arg, argc; /* in `args` */
    int64_t start, dur, reaped, until, user, sys,
        rss; /* until: by then it had surely ended, where `dur` is a lower bound */
    int32_t pid;
    int32_t code;   /* an exit status; 256 + a signal; -1 unknown */
    uint32_t owner; /* index of the nearest one kept that started this process, or REPORT_NONE. Made when all
                       are in, as is: */
    bool is_next;   /* it is what the process became by exec */
    uint8_t kind, end_by;
    bool forked, cut;
};

/* Start with report_data_init(). */
struct report_data {
    int64_t run_ns, run_us; /* the run's start, and how long it took */
    struct report_span *spans;
    uint32_t len, cap, max, marks;
    uint32_t *args; /* words of command lines, numbers in `words` */
    size_t args_len, args_cap;
    struct figures_names strings, words;
    uint32_t *by_row; /* index of the span of each row of the figures, or REPORT_NONE: made when all are in */
    uint32_t rows;
    int64_t folded, folded_us; /* processes that were left out, and their CPU time */
};

/* Make an empty one, for at most `max` spans. 0 or -ENOMEM; to be released in both cases. */
must_check int report_data_init(struct report_data *d, const struct summary *s, uint32_t max);

/* Take a span in, which is row `row` of the figures. When there are too many, the shortest half goes; failed
 * ones, tasks and what still runs go last. The run's own span is passed over. 0 or -ENOMEM. */
must_check int report_data_add(struct report_data *d, const struct span *span, uint32_t row);

/* When all are in, and the figures are linked: order them by start, those who started others first, and find
 * who started each. 0 or -ENOMEM. */
must_check int report_data_finish(struct report_data *d, const struct figures *f);

/* Append the block: base64 of the compressed columns, and of the path's pieces. 0, -ENOMEM or -EFBIG. */
must_check int report_data_put(struct buf *out, const struct report_data *d, const struct summary *s,
                               const struct figures_path *path);

/* Free what it holds. */
void report_data_release(struct report_data *d);

#endif
