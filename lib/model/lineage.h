/* SPDX-License-Identifier: MIT */
/* Who started whom, by references into the spool: one word up from every image and every fork, and where those with
 * children wrote of them. Knows no times; what stands in a block is read again when it is asked for. */
#ifndef MODEL_LINEAGE_H
#define MODEL_LINEAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* A reference and the reference of who made it; 0 = not known. */
struct lineage_link {
    uint32_t ref;
    uint32_t up; /* and two flags */
};

/* A block of cells and whose it is. */
struct lineage_block {
    uint32_t owner, ref;
};

struct lineage {
    struct lineage_link *links; /* sorted by ref: records are met in file order */
    size_t links_len, links_cap;
    struct lineage_block *blocks; /* sorted by owner once complete */
    size_t blocks_len, blocks_cap;
};

/* Free what the lineage holds and make it empty. */
void lineage_release(struct lineage *l);

/* Add a link; references must come in rising order. `is_child` says that what `up` names goes on beside it, having a
 * child now, and did not become it. 0 or -ENOMEM. */
must_check int lineage_add(struct lineage *l, uint32_t ref, uint32_t up, bool is_child);

/* Add a block in which `owner` wrote of children. 0 or -ENOMEM. */
must_check int lineage_add_block(struct lineage *l, uint32_t owner, uint32_t ref);

/* When all is in: make the questions below answerable. */
void lineage_complete(struct lineage *l);

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
const struct lineage_block *lineage_blocks(const struct lineage *l, uint32_t ref, size_t *len);

#endif
