/* SPDX-License-Identifier: MIT */
/* Who started whom, by references into the spool: one word up from every image and every fork, and what each parent
 * said of the children that it waited for. Knows no times but "last seen". */
#ifndef MODEL_LINEAGE_H
#define MODEL_LINEAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* A reference and the reference of who made it; 0 = not known. */
struct lineage_link {
    uint32_t ref, up;
};

/* What is known of a reference because it has children. */
struct lineage_parent {
    uint32_t ref; /* 0 = free slot */
    int64_t last_ns;            /* latest moment that it wrote about a child; INT64_MIN = never */
    uint64_t user_us, sys_us;   /* of all children that it waited for, with theirs */
};

struct lineage {
    struct lineage_link *links; /* sorted by ref once complete: records are met in file order */
    size_t links_len, links_cap;
    struct lineage_parent *parents; /* open addressing, a power of two of slots */
    size_t parents_len, parents_cap;
};

/* Free what the lineage holds and make it empty. */
void lineage_release(struct lineage *l);

/* Add a link; references must come in rising order. 0 or -ENOMEM. */
must_check int lineage_add(struct lineage *l, uint32_t ref, uint32_t up);

/* Who made `ref`, or 0. */
uint32_t lineage_up(const struct lineage *l, uint32_t ref);

/* Say who made `ref`, which was added before with an unknown maker. */
void lineage_set_up(struct lineage *l, uint32_t ref, uint32_t up);

/* Whether `ancestor` is `ref` or made it, directly or over others. */
int lineage_is_within(const struct lineage *l, uint32_t ref, uint32_t ancestor);

/* The entry of `ref` as a parent, made when missing. NULL when out of memory. Valid until the next call. */
struct lineage_parent *lineage_parent_make(struct lineage *l, uint32_t ref);

/* The entry of `ref` as a parent, or NULL. */
const struct lineage_parent *lineage_parent_find(const struct lineage *l, uint32_t ref);

#endif
