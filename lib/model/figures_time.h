/* SPDX-License-Identifier: MIT */
/* Who was at work when: self times, parallelism over time, idle gaps. At work is a process none of whose children lives. */
#ifndef MODEL_FIGURES_TIME_H
#define MODEL_FIGURES_TIME_H

#include "model/figures.h"

/* A stretch of time in which a row was at work. */
typedef int (*figures_stretch_fn)(void *ctx, uint32_t row, int64_t from_ns, int64_t to_ns);

/* Walk all of them, process by process; of one process by time. 0, or what `each` stopped it with. O(n), no memory. */
int figures_each_stretch(const struct figures *f, figures_stretch_fn each, void *ctx);

/* Self times, and FIGURES_WAITER set in the rows that mostly wait. `self_ns` is the caller's, f->len zeros, or NULL; the run's
 * own is the time in which no process lived; of tasks 0. O(n). */
void figures_times(struct figures *f, int64_t *self_ns);

/* Processes at work over time. Once figures_times() has been called. */
struct figures_parallelism {
    int64_t work_ns;    /* sum over all moments of how many are at work: the sum of all self times but the run's */
    int64_t cpu_us;     /* CPU of all rows */
    int64_t mean_centi; /* at work on average, in hundredths; so are the next two */
    int64_t most_centi; /* the largest of the curve */
    int64_t busy_centi; /* cores busy on average, by CPU: utilisation is busy / cores */
    int64_t idle_ns;    /* none is at work, or only waiters */
};

/* `curve`, of `buckets` numbers, is the caller's, or NULL and 0: of each equal part of the run how many were at work on
 * average, in hundredths. 0 or -ENOMEM. O(n + buckets), 16 bytes a bucket and 1.5 MiB meanwhile. */
must_check int figures_parallelism(const struct figures *f, int64_t *curve, size_t buckets,
                                   struct figures_parallelism *out);

/* A time in which nobody was at work but waiters. Rows are FIGURES_RUN where there is none. */
struct figures_gap {
    int64_t from_ns, to_ns;
    uint32_t before; /* was at work until it began: of several the one that started last */
    uint32_t after;  /* was the first at work after it */
    uint32_t during; /* the waiter that there was for the longest part of it, such as sleep */
};

/* How long nobody was at work but waiters: the sum of all gaps. Once figures_times() has been called. 0 or -ENOMEM. As costly as
 * figures_gaps(). */
must_check int figures_idle(const struct figures *f, int64_t *idle_ns);

/* The longest gaps, at most `max`, longest first, into the caller's array. Once figures_times() has been called. *len is
 * how many. 0 or -ENOMEM. O(n log n), 2 MiB meanwhile. Of more than 32,768 gaps the shortest may be taken for work. */
must_check int figures_gaps(const struct figures *f, struct figures_gap *gaps, size_t max, size_t *len);

/* What a process did by itself at its two ends; SPAN_NONE both without children. */
struct figures_edges {
    int64_t before_ns; /* its first child began */
    int64_t after_ns;  /* its last child had ended */
};

/* Those of the process whose first row is `life`. Linked figures. O(children). */
struct figures_edges figures_edges(const struct figures *f, uint32_t life);

#endif
