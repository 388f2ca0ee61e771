/* SPDX-License-Identifier: MIT */
/* Whose clock is not the run's. CLOCK_MONOTONIC of a process in a time namespace is ahead of the run's, or
 * behind it, by an amount that nobody writes down; but a process can't begin before its parent started it,
 * nor end after it was reaped, and its parent wrote down both. All that descends from a process has its
 * clock. Pure: bounds in, amounts out. */
#ifndef MODEL_CLOCKS_H
#define MODEL_CLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/lineage.h"
#include "spool/reader.h"
#include "sys/attr.h"

/* Times of one clock may contradict each other by so much, and no more. */
#define CLOCK_SLACK_NS INT64_C(5000000)

/* Later than all that the spool's reader takes for a moment. */
#define CLOCK_NEVER (INT64_C(1) << 61)

/* Images and fork children that look as if their clock were not that of who made them. Few, and most of them
 * were only slow: these are looked at more closely. */
#define CLOCK_SIGN_MAKER (UINT32_C(1) << 31) /* not this one's clock, but that of what it became */

struct clock_signs {
    uint32_t *list; /* references; they end below 2^30 */
    size_t len, cap;
    int64_t from_ns, until_ns; /* moments beyond these are not of the run's clock */
};

/* Take the image at `ref` for a sign if it is one. 0 or -ENOMEM. */
must_check int clock_signs_image(struct clock_signs *s, const struct spool_image *image, uint32_t ref);

/* The same for the cells of the block at `ref`. 0 or -ENOMEM. */
must_check int clock_signs_block(struct clock_signs *s, const struct spool_block *block, uint32_t ref);

/* Whether an image says that it began well after the exec call which it was told of, or before it. */
bool clock_is_odd(const struct spool_image *image);

/* From the image or fork child `ref` on, and for all below it: how far the clock is ahead of the run's. */
struct clock_move {
    uint32_t ref;
    bool guessed; /* nothing bounds it to some ms */
    int64_t ahead_ns;
};

struct clocks {
    const struct lineage *lineage; /* complete */
    struct clock_move *list;       /* nearly always empty */
    size_t len, cap;
    uint32_t *own;                /* while there are moves: which one begins at each link, counted from 1; 0 = none */
    struct lineage_skips without; /* who has none of his own */
};

/* Free what they hold. */
void clocks_release(struct clocks *c);

/* Add a move, from the top down: nobody who lives by it may have been asked for before. 0 or -ENOMEM. */
must_check int clocks_add(struct clocks *c, struct clock_move move);

/* Makers have become known meanwhile. 0 or -ENOMEM. */
must_check int clocks_refresh(struct clocks *c);

/* The move that `ref` lives by: its own or that of its nearest ancestor with one; NULL: the run's clock. */
const struct clock_move *clocks_find(const struct clocks *c, uint32_t ref);

/* How far the clock of `ref` is ahead of the run's. */
int64_t clocks_ahead(const struct clocks *c, uint32_t ref);

/* `ns`, which `ref` read off its clock, by the run's. */
int64_t clocks_mend(const struct clocks *c, uint32_t ref, int64_t ns);

/* Bring what `ref` said of its own end to the run's clock. */
void clocks_mend_end(const struct clocks *c, struct spool_end *end, uint32_t ref);

/* Bring all times of the image at `ref` to the run's clock. */
void clocks_mend_image(const struct clocks *c, struct spool_image *image, uint32_t ref);

/* A child of some maker, or the program that the maker became. */
struct clock_child {
    uint32_t ref;
    int64_t birth_ns;          /* by the maker's clock; INT64_MAX = not known */
    int64_t least_ns, most_ns; /* its clock is ahead of the run's by as much as that */
    bool reaped;               /* least_ns is from its reaping */
    bool prompt;               /* most_ns is from an exec that was called and done: right to some ms */
    bool moved;                /* out: its clock is not its maker's */
    struct clock_move move;    /* out, if moved */
};

/* Decide for all children of one maker, whose clock is ahead by `ahead_ns`. They have its clock as long as
 * that can be; from the first one on for which it can't, as after unshare, they have another one in common.
 */
void clocks_settle(struct clock_child *list, size_t len, int64_t ahead_ns);

#endif
