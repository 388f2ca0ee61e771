/* SPDX-License-Identifier: MIT */
/* Who started whom, by references into the spool: one word up from every image and every fork, and where those with
 * children wrote of them. Knows no times; what stands in a block is read again when it is asked for. */
#ifndef MODEL_LINEAGE_H
#define MODEL_LINEAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/attr.h"

#define LINEAGE_DEPTH_MAX 100000 /* more links than this between a process and an ancestor are a loop in a damaged spool */

/* Two references: of whom something is known, and what. */
struct lineage_pair {
    uint32_t of, ref;
};

struct lineage {
    struct lineage_pair *links; /* of each who made it, 0 = not known, and two flags; sorted: records are met in file order */
    size_t links_len, links_cap;
    struct lineage_pair *blocks; /* of those with children their blocks of cells; sorted once complete */
    size_t blocks_len, blocks_cap;
    struct lineage_pair *children; /* the links by who made them, when somebody asked for that */
};

/* Free what the lineage holds and make it empty. */
void lineage_release(struct lineage *l);

/* Add a link; references must come in rising order. `is_child` says that what `up` names goes on beside it, having a
 * child now, and did not become it. 0 or -ENOMEM. */
must_check int lineage_add(struct lineage *l, uint32_t ref, uint32_t up, bool is_child);

/* Add a block in which `owner` wrote of children. 0 or -ENOMEM. */
must_check int lineage_add_block(struct lineage *l, uint32_t owner, uint32_t ref);

/* When all is in: whoever was made by one that is not is made by nobody known. */
void lineage_forget_lost(struct lineage *l);

/* When all is in: make the questions below answerable. */
void lineage_complete(struct lineage *l);

/* `ref` if it is in, else 0. */
uint32_t lineage_known(const struct lineage *l, uint32_t ref);

/* Who made `ref`, or 0. */
uint32_t lineage_up(const struct lineage *l, uint32_t ref);

/* Say who made `ref`, which was added before with an unknown maker. */
void lineage_set_up(struct lineage *l, uint32_t ref, uint32_t up);

/* Whether `ancestor` is `ref` or made it, directly or over others. */
bool lineage_is_within(const struct lineage *l, uint32_t ref, uint32_t ancestor);

/* Say that `ref` has a child, or is spoken of as if it had. */
void lineage_mark_parent(struct lineage *l, uint32_t ref);

/* Whether anything is known of children of `ref`. */
bool lineage_is_parent(const struct lineage *l, uint32_t ref);

/* The blocks of `ref`: the first of *len, which may be 0. They belong to the lineage. */
const struct lineage_pair *lineage_blocks(const struct lineage *l, uint32_t ref, size_t *len);

/* When all makers are known: make the next question answerable. 0 or -ENOMEM. */
must_check int lineage_find_children(struct lineage *l);

/* Whom `ref` made or became: the first of *len, which may be 0, by rising references. They belong to the lineage. */
const struct lineage_pair *lineage_children(const struct lineage *l, uint32_t ref, size_t *len);

#endif
