/* SPDX-License-Identifier: MIT */
/* Who started whom, by references into the spool: one word up from every image and every fork, and where those with
 * children wrote of them. Knows no times; what stands in a block is read again when it is asked for.
 *
 * A job can write any references, so they may go in circles and be a million long. Once complete there are no circles, and
 * none can be made: every way up ends. Who walks it for many passes over what was seen once (struct lineage_skips). */
#ifndef MODEL_LINEAGE_H
#define MODEL_LINEAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/attr.h"

/* Two references: of whom something is known, and what. */
struct lineage_pair {
    uint32_t of, ref;
};

/* Of each link one above it, or itself. What was passed over is not met again, so that all walks together take about as many
 * steps as there are links. */
struct lineage_skips {
    uint32_t *to;
};

struct lineage {
    struct lineage_pair
        *links; /* of each who made it, 0 = not known, and two flags; sorted: records are met in file order */
    size_t links_len, links_cap;
    struct lineage_pair *blocks; /* of those with children their blocks of cells; sorted once complete */
    size_t blocks_len, blocks_cap;
    struct lineage_skips tops; /* the way to the first of each line */
    size_t cut;                /* links that would have closed a circle */
};

/* Free what the lineage holds and make it empty. */
void lineage_release(struct lineage *l);

/* Add a link; references must come in rising order. `is_child` says that what `up` names goes on beside it, having a
 * child now, and did not become it. 0 or -ENOMEM. */
must_check int lineage_add(struct lineage *l, uint32_t ref, uint32_t up, bool is_child);

/* Add a block in which `owner` wrote of children. 0 or -ENOMEM. */
must_check int lineage_add_block(struct lineage *l, uint32_t owner, uint32_t ref);

/* When all is in, once: make the questions below answerable. Of each circle the link of its earliest record is cut. If records
 * `may_be_lost`, whoever was made by one that is not in is made by nobody known. 0 or -ENOMEM. */
must_check int lineage_complete(struct lineage *l, bool may_be_lost);

/* `ref` if it is in, else 0. */
uint32_t lineage_known(const struct lineage *l, uint32_t ref);

/* Who made `ref`, or 0. */
uint32_t lineage_up(const struct lineage *l, uint32_t ref);

/* Say who made `ref`, whose maker is not known so far. What would close a circle is counted and not done. */
void lineage_set_up(struct lineage *l, uint32_t ref, uint32_t up);

/* The place of `ref` among the links; how many there are for one that is none of them. */
uint32_t lineage_index(const struct lineage *l, uint32_t ref);

/* Begin with nobody passed over. 0 or -ENOMEM; the caller frees s->to. */
must_check int lineage_skips_init(struct lineage_skips *s, const struct lineage *l);

/* The nearest one from `ref` upwards, itself included, that was not passed over; 0 = none. */
uint32_t lineage_skips_next(const struct lineage_skips *s, const struct lineage *l, uint32_t ref);

/* Pass over `ref` from now on. */
void lineage_skips_pass(const struct lineage_skips *s, const struct lineage *l, uint32_t ref);

/* Let the way up from `ref`, which ended there so far, go on at `up`. False, and nothing is done, when it would come back. */
must_check bool lineage_skips_lead(const struct lineage_skips *s, const struct lineage *l, uint32_t ref, uint32_t up);

/* Say that `ref` has a child, or is spoken of as if it had. */
void lineage_mark_parent(struct lineage *l, uint32_t ref);

/* Whether anything is known of children of `ref`. */
bool lineage_is_parent(const struct lineage *l, uint32_t ref);

/* The blocks of `ref`: the first of *len, which may be 0. They belong to the lineage. */
const struct lineage_pair *lineage_blocks(const struct lineage *l, uint32_t ref, size_t *len);

#endif
