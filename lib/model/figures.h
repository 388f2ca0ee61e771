/* SPDX-License-Identifier: MIT */
/* Figures of a run: its rows in a compact form that every figure is computed from. lib/model/README.md defines each figure.
 *
 * Fill it with the spans of one run, in any order, then link it once; after that the rows only get marks. A row is known by
 * its number: the run is 0, processes and tasks count from 1 in the order in which they were added. A reader that keeps
 * texts of its own in the same order finds them by the same number. Knows no format.
 *
 *   figures_path.h      the critical path
 *   figures_free.h      slack, and how much sooner the run had ended if something were free
 *   figures_time.h      self time, parallelism, idle gaps, before the first and after the last child
 *   figures_groups.h    sums by key (command, exe, …) and by task
 *   figures_failures.h  the failures that count
 *   figures_summary.h   what of these a summary keeps */
#ifndef MODEL_FIGURES_H
#define MODEL_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/figures_names.h"
#include "model/figures_row.h"
#include "model/span.h"
#include "sys/attr.h"

#define FIGURES_ROWS_MAX 4000000u
#define FIGURES_KEYS_MAX 200000u

struct figures_options {
    int64_t until_ns;  /* Unix: the end of a run that goes on; 0 = the latest moment in its rows */
    uint32_t rows_max; /* beyond, the shortest processes are left out; 0 = FIGURES_ROWS_MAX */
    uint32_t keys_max; /* different keys beyond are all "(other)"; 0 = FIGURES_KEYS_MAX */
    void (*moved)(void *ctx, uint32_t from,
                  uint32_t to); /* rows were left out, and this one got a lower number; or NULL */
    void *moved_ctx;
};

/* What is kept of processes that were left out, by key: they count in the sums, and nowhere else. */
struct figures_left {
    int64_t count, failed, cpu_us, dur_ns, longest_ns;
};

struct figures {
    struct figures_row *rows; /* `len`, of which rows[0] is the run */
    uint32_t len, cap;
    uint32_t tasks;              /* how many rows are tasks */
    int64_t start_ns;            /* of the run, Unix */
    int64_t dur_ns;              /* of the run; of one that goes on, so far. Once linked */
    bool is_running;             /* the run had not ended */
    int64_t exec_count, exec_ns; /* exec cost; only where the fold says when programs began (span->load_ns) */
    int64_t left_out; /* processes for which there was no room; none of them is longer than any that is there */
    struct figures_left *left; /* by key, NULL when none was left out */
    struct figures_names keys, task_names;
    /* Made by figures_link(): the children of each process in one array, in the order of their starts; and those that
     * count, in the order of their ends. Both hold first rows; figures_children(), figures_waited(). */
    uint32_t *children, *children_at; /* of first row r: children[children_at[r]] up to children_at[r + 1] */
    uint32_t *waited, *waited_at;
    uint32_t *order; /* the run and all first rows, each before its children; order_len of them */
    uint32_t order_len;
    struct figures_options options;
    struct figures_ids *ids; /* until linked */
};

/* Make it empty; `options` may be NULL. 0 or -ENOMEM; to be released in both cases. O(1). */
must_check int figures_init(struct figures *f, const struct figures_options *options);

/* Take one span in; marks are passed over. `key` is what the row is to be grouped by, copied; NULL is the span's name: the
 * basename of what a process runs. Nothing of the span is kept by reference. The row's number is f->len - 1 afterwards,
 * unless rows had to be left out, which changes numbers and never happens below rows_max rows. 0 or -ENOMEM. O(1). */
must_check int figures_add(struct figures *f, const struct span *span, const char *key);

/* When all spans are in: tie rows together and make times consistent. Whatever the rows say, there are no circles afterwards.
 * 0 or -ENOMEM. O(n log n); 24 bytes a row more, of which 16 stay. */
must_check int figures_link(struct figures *f);

/* Free what it holds and make it empty. */
void figures_release(struct figures *f);

/* The text that a row is grouped by; of a task its name. Owned by the figures. */
const char *figures_key(const struct figures *f, uint32_t row);

/* What the row's program does with failures. */
enum figures_program figures_program(const struct figures_row *row);

/* Linked: the last row of the process that `life` is the first row of: it has the end and the status. O(execs). */
uint32_t figures_last(const struct figures *f, uint32_t life);

/* Linked: the children of the process whose first row is `life`, as first rows, in the order of their starts. Of the run:
 * the processes that nobody in it started. Owned by the figures. */
const uint32_t *figures_children(const struct figures *f, uint32_t life, uint32_t *len);

/* Linked: those of the children that count, in the order in which their ends did: figures_wait_ns(). */
const uint32_t *figures_waited(const struct figures *f, uint32_t life, uint32_t *len);

/* Linked: when the end of the counted process whose first row is `life` counted: at its end, or when it was reaped, if late. */
int64_t figures_wait_ns(const struct figures *f, uint32_t life);

/* Linked: the first row of the process that started the one whose first row is `life`; FIGURES_RUN when nobody did. */
uint32_t figures_parent_life(const struct figures *f, uint32_t life);

#define auto_figures __attribute__((cleanup(figures_release))) struct figures

#endif
