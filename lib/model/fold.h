/* SPDX-License-Identifier: MIT */
/* What the parts of the fold share; private to lib/model. */
#ifndef MODEL_FOLD_H
#define MODEL_FOLD_H

#include "model/assemble.h"
#include "model/gather.h"
#include "model/intervals.h"
#include "model/life.h"
#include "model/tasks.h"

/* How the run ended. Monotonic ns. */
struct fold_end {
    int64_t end_ns;
    struct wait_status status;
    enum span_end by;
};

struct fold {
    const struct assemble *in;
    struct summary *summary;
    struct gather gather;
    struct tasks tasks;
    int64_t stepped_ns; /* by how much the clock on the wall was set before the mark last read */
    struct fold_end end;
    int64_t wall_offset_ns;           /* Unix time minus monotonic time */
    struct intervals children;        /* when children of the first process ran; monotonic */
    int64_t sum_user_us, sum_sys_us;  /* of processes without a parent that accounts for them */
    struct lineage_skips programless; /* references without a program of their own, for fold_image() */
    struct lineage_skips rows;        /* the ways up that rows have, for fold_life() */
    int64_t lost;                     /* records that were good in a scan and could not be fetched */
};

/* *sum += more, up to the largest number: what is added is never negative, and may be anything else. */
static inline void fold_add_up(int64_t *sum, uint64_t more)
{
    if (more > INT64_MAX || __builtin_add_overflow(*sum, (int64_t)more, sum))
        *sum = INT64_MAX;
}

/* Copy the image at `ref` to the heap; NULL when there is none, though there may have been one: a run may go on. */
struct spool_image *fold_fetch_image(const struct fold *f, uint32_t ref);

/* Read the marks into tasks and find out whom each task belongs to. 0 or -errno. */
must_check int fold_tasks(struct fold *f);

/* Emit the spans of tasks and marks. 0, -errno, or what emit returned. */
must_check int fold_marks(struct fold *f);

/* Emit the spans of all processes. 0, -errno, or what emit returned. */
must_check int fold_processes(struct fold *f);

/* Find out whose clock is not the run's. 0 or -errno. */
must_check int fold_clocks_find(struct fold *f);

/* Of the row of one that lives by another clock: keep it from beginning before its parent, or after the run, and count it as a
 * blind spot. 0 or -ENOMEM. */
must_check int fold_clock_row(struct fold *f, struct span *span, uint32_t ref, uint32_t parent);

/* Called with each good cell that a process wrote of its children, and its reference. */
typedef void (*fold_cell_fn)(void *ctx, const struct spool_cell *cell, uint32_t ref);

/* Walk the cells that the image or fork child at `ref` wrote, in the order of its blocks in the file. */
void fold_each_cell(const struct fold *f, uint32_t ref, fold_cell_fn each, void *ctx);

/* What a process wrote of its children. */
struct fold_children {
    int64_t last_ns;         /* latest moment that it wrote of one */
    int64_t user_us, sys_us; /* of all that it waited for, with theirs */
};

/* What the image or fork child at `ref` wrote of its children, added to `sum`; times are of its own clock. */
void fold_add_children(const struct fold *f, uint32_t ref, struct fold_children *sum);

/* A span with everything absent that can be. */
struct span fold_span(const struct fold *f, enum span_kind kind);

/* Give a span its exit code or signal; a status that is not known leaves both absent. */
void fold_status(struct span *span, struct wait_status status);

/* Emit the spans of one life: each image, or the fork child itself. `ctx` is the fold. */
int fold_life(void *ctx, const struct life *life);

/* Copy the spool's image at *ref to the heap; when *ref is a fork child, the nearest image above it, whose program it still
 * is: *ref is then that one's. NULL when there is none. */
struct spool_image *fold_image(struct fold *f, uint32_t *ref);

/* The pid of the image or fork child at `ref`, or SPAN_NONE. */
int64_t fold_pid(struct fold *f, uint32_t ref);

/* Write the id of the span for `ref` to `out`, which has room for 16 bytes; the run's for 0. Returns out. */
const char *fold_span_id(uint32_t ref, char *out);

/* The words of an image's command line, pointing into it: heap array of *argc, NULL when there are none. */
const char **fold_args(const struct spool_image *image, size_t *argc);

/* What is behind the last slash. */
const char *fold_basename(const char *path);

#endif
