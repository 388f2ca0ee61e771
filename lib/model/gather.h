/* SPDX-License-Identifier: MIT */
/* The first look over a spool: who made whom, who asked about whom, how the run ended. What it keeps is small; the
 * details of each process are read again when its rows are made.
 *
 * The order of calls:
 *   gather_scan()    once. The lineage can be asked from here on, and gather_is_root(). Images that were told no parent have
 *                    asked for theirs
 *   gather_answer()  only if a clock may not be the run's: clocks_decide() needs the reapings
 *   gather_ask()     for each task
 *   gather_answer()  answers images and tasks. Nobody gets another parent any more
 *   gather_release() in any case */
#ifndef MODEL_GATHER_H
#define MODEL_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/clocks.h"
#include "model/lineage.h"
#include "model/openers.h"
#include "model/systems.h"
#include "spool/reader.h"
#include "sys/attr.h"

/* "Which image or fork was process `pid` at that time?" */
struct gather_query {
    int32_t pid;
    uint32_t ns;
    int64_t time_ns; /* monotonic; an image reads it off its own clock, which its parent's is taken to be, too */
    uint32_t asks;   /* reference of the image that asks for its parent, or index of the task that asks */
    bool task;
    uint32_t found; /* the answer: the latest one of that pid before that time, or 0 */
    int64_t found_ns;
};

struct gather {
    struct spool_reader *reader;
    struct lineage lineage;
    struct gather_query *queries;
    size_t queries_len, queries_cap;
    struct systems systems;
    struct clocks
        clocks; /* whose clock is not the run's: found after the scan, for gather_answer() to be asked again */
    struct openers openers; /* matched with their reapings once all is answered */
    uint64_t steps;         /* that answering may still take */
    size_t events;          /* births, images and reapings in the spool */
    uint32_t first;         /* the image that the run began with: the leader's, else the first one of all; or 0 */
    uint32_t *roots;        /* all images of the process that the run began with, in file order */
    size_t roots_len, roots_cap;
    int32_t first_pid;
    uint32_t leader_last; /* the leader's last image, so far */
    int64_t leader_last_ns;
    uint64_t unseen;  /* images recorded from outside */
    int64_t until_ns; /* nobody wrote later in this run's time and by its clock */
    int64_t last_ns;  /* the latest moment until then that anybody wrote down */
};

/* Free what it holds. */
void gather_release(struct gather *g);

/* Scan the spool of a run that was noticed gone at `noticed_ns`, and of which nobody writes later than `latest_ns`, 0 being
 * not known. 0 or -errno; release in both cases. */
must_check int gather_scan(struct gather *g, struct spool_reader *reader, int64_t noticed_ns, int64_t latest_ns);

/* Ask for the owner of task number `task`: which image or fork `pid` was at monotonic time `time_ns`. 0 or
 * -ENOMEM. */
must_check int gather_ask(struct gather *g, size_t task, int32_t pid, int64_t time_ns);

/* Whether `ref` is an image of the process that the run began with. */
bool gather_is_root(const struct gather *g, uint32_t ref);

/* Scan again and answer all queries: tasks find theirs in g->queries, images have their parents in the lineage. What an earlier
 * call has answered stays as it is, but for tasks. 0 or -errno. */
must_check int gather_answer(struct gather *g);

#endif
