/* SPDX-License-Identifier: MIT */
/* Processes that live by another clock than the run. In a time namespace CLOCK_MONOTONIC is ahead or behind
 * by an amount that nobody writes down. It shows where a process says something that cannot be: that it was
 * there before the exec call which made it, after it had been reaped, or long after the run. Such a process
 * is put where it was started, and all below it is moved with it, so that rows stay in one piece and their
 * durations right. Its times are not to be trusted. */
#ifndef MODEL_CLOCKS_H
#define MODEL_CLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/lineage.h"
#include "spool/reader.h"
#include "sys/attr.h"

/* Later than all that the spool's reader takes for a moment. */
#define CLOCK_NEVER (INT64_C(1) << 61)

/* An image or a fork child that may live by another clock than its maker. Most were only slow: the reaping
 * decides. */
struct clock_sign {
    uint32_t ref;
    uint32_t ns; /* pid namespace of `pid` */
    int32_t pid;
    int64_t made_ns;           /* by its maker's clock, as is the last one */
    int64_t first_ns, last_ns; /* what it wrote first and last, by its own clock */
    int64_t reaped_ns;         /* INT64_MAX = not known */
};

/* From the image or fork child `ref` on, and for all below it: how far the clock is ahead of the run's. */
struct clock_move {
    uint32_t ref;
    int64_t ahead_ns;
};

struct clocks {
    const struct lineage *lineage;
    int64_t start_ns;          /* of the run */
    int64_t from_ns, until_ns; /* moments beyond these are not of the run's clock */
    int64_t over_ns;           /* the leader had ended by then; INT64_MAX = not known */
    int32_t leader_pid;
    struct clock_sign *signs;
    size_t signs_len, signs_cap;
    size_t signs_left_out;   /* there was no room for */
    struct clock_move *list; /* nearly always empty, as are the next two */
    size_t len, cap;
    uint32_t *own;                /* which move begins at each link, counted from 1; 0 = none */
    struct lineage_skips without; /* who has none of its own */
};

/* Free what they hold. */
void clocks_release(struct clocks *c);

/* While the spool is scanned: take the image at `ref` for a sign if it is one. 0 or -ENOMEM. */
must_check int clocks_see_image(struct clocks *c, const struct spool_image *image, uint32_t ref);

/* The same for the fork children in the block at `ref`. 0 or -ENOMEM. */
must_check int clocks_see_block(struct clocks *c, const struct spool_block *block, uint32_t ref);

/* When all signs are in, before reapings are: bring them in order. */
void clocks_begin_reaps(struct clocks *c);

/* In a second scan: a process of that pid namespace reaped `cell->pid`. In at most `steps` steps; how many it
 * took. */
uint64_t clocks_see_reap(struct clocks *c, uint32_t ns, const struct spool_cell *cell, uint64_t steps);

/* When the lineage is complete and all reapings are in: decide of each sign. `first` is the image that the
 * run began with, whose clock is the run's. 0 or -ENOMEM. */
must_check int clocks_decide(struct clocks *c, uint32_t first);

/* The rest may be asked at any time; before clocks_decide() all clocks are the run's.
 * Whether `ref` lives by another clock. */
bool clocks_is_moved(const struct clocks *c, uint32_t ref);

/* How far the clock of `ref` is ahead of the run's. */
int64_t clocks_ahead(const struct clocks *c, uint32_t ref);

/* `ns`, which `ref` read off its clock, by the run's. */
int64_t clocks_mend(const struct clocks *c, uint32_t ref, int64_t ns);

/* Bring all times of the image at `ref` to the run's clock. */
void clocks_mend_image(const struct clocks *c, struct spool_image *image, uint32_t ref);

/* The same for the cell at `ref`, which `owner` wrote; a child's half is of the child's own clock. */
void clocks_mend_cell(const struct clocks *c, struct spool_cell *cell, uint32_t ref, uint32_t owner);

#endif
