/* SPDX-License-Identifier: MIT */
/* What the parts of the fold of one life share; private to lib/model. fold_life.c reads what there is of a life and makes a row
 * for each of its images, or for the fork child itself; fold_end.c says how a row ended and what its process used.
 *
 * The order of calls for a row whose texts and start are set:
 *   fold_end_at()         it ended by an exec, since another row of the life follows; or, of the last row:
 *   fold_end_life()       from all witnesses, with usage where the parent's wait told it; and then
 *   fold_end_leader()     puts right what that said, if it is the leader's
 *   fold_own_cpu()        of an image, unless fold_end_life() had usage
 *   fold_count_process()  once a life, of its last row, when all else is set */
#ifndef MODEL_FOLD_LIFE_H
#define MODEL_FOLD_LIFE_H

#include "model/fold.h"

/* Everything known of a life, fetched from the spool. */
struct life_facts {
    const struct life *life;
    uint32_t parent; /* reference, 0 = the run */
    bool has_reap, has_usage;
    struct spool_cell reap;
    struct spool_cell born;
    struct wait_status status;
    bool has_system;
    struct system_call system; /* the call inside libc that it was the shell of */
};

/* What is known of a life's last image, or of a fork child without one: when it began, what it said of its own end. */
struct own_end {
    int64_t start_ns;
    struct spool_end said; /* all 0: nothing */
    int64_t last_ns;       /* a late moment at which it was surely there; children may know of a later one */
    uint32_t ref;
};

/* End a span, which began at monotonic `start`, at `end`. */
void fold_end_at(struct span *span, int64_t start, int64_t end, enum span_end by);

/* Give a life's last span its end, status and resource usage. */
void fold_end_life(const struct fold *f, struct span *span, const struct life_facts *facts, const struct own_end *own);

/* Find out how the run's leader ended, and with it the run: f->end. By its own word, else by what its wrapper or the guardian knows. */
void fold_find_leader_end(struct fold *f);

/* If it is the leader, and went without a word, or was killed after its last one: what has been found out of its end. */
void fold_end_leader(const struct fold *f, struct span *span, uint32_t ref, int64_t start);

/* The CPU that an image says it had used by itself: the leader at its end, others at their exec. */
void fold_own_cpu(struct span *span, const struct spool_image *image);

/* Count a process, by the witness of its end. */
void fold_count_process(struct fold *f, const struct span *span);

#endif
