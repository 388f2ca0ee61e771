/* SPDX-License-Identifier: MIT */
/* Forks into new pid namespaces: parent and child know the child by different pids. The fork's cell stands
 * for the namespace, and its reaping must be found among all those under the pid that the parent knows. */
#ifndef MODEL_OPENERS_H
#define MODEL_OPENERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/record.h"
#include "sys/attr.h"

struct opener {
    uint32_t ref; /* of the cell; also the number of the namespace */
    int32_t pid;  /* as the parent sees it */
    uint32_t ns;  /* the parent's namespace */
    int64_t start_ns;
    uint32_t reap; /* reference of the cell that reaped it, or 0 */
    int64_t reap_ns;
};

struct openers {
    struct opener *list; /* by pid and start; once all is matched, by reap */
    size_t len, cap;
};

/* Free what they hold. */
void openers_release(struct openers *o);

/* Whether a cell is such a fork's: a child that sees another pid than its parent was given. */
bool opener_is(const struct spool_cell *cell);

/* Add the fork at `ref`, which stands in `block`. 0 or -ENOMEM. */
must_check int openers_add(struct openers *o, const struct spool_block *block, const struct spool_cell *cell,
                           uint32_t ref);

/* Before reapings are matched. */
void openers_begin(struct openers *o);

/* Match the reaping at `ref`: of those under its pid the first one after the birth is meant. Looks at `most` of them at most;
 * returns at how many it did. */
uint64_t openers_match(struct openers *o, const struct spool_block *block, const struct spool_cell *cell, uint32_t ref,
                       uint64_t most);

/* After that: make the question below answerable. */
void openers_complete(struct openers *o);

/* The number of the namespace whose first process was reaped at `ref`, or 0. */
uint32_t openers_reaped(const struct openers *o, uint32_t ref);

#endif
