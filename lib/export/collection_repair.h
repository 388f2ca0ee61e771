/* SPDX-License-Identifier: MIT */
/* Taking the members out of a text that was to be a collection. Knows no store. */
#ifndef EXPORT_COLLECTION_REPAIR_H
#define EXPORT_COLLECTION_REPAIR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "sys/attr.h"

#define REPAIR_NAMES_MAX 20 /* of lost members, that are told */

/* What was found, and what became of it. */
struct collection_repair {
    bool is_sound;       /* it can be read as it is: all else is empty */
    const char *fault;   /* in words; static */
    struct buf text;     /* the repaired collection, which collection_compact() takes and COLLECTION_MAX holds */
    size_t kept, lost;   /* members; what has no name counts as one up to the next comma */
    bool is_mended_text; /* bytes that are no UTF-8 became U+FFFD */
    struct buf names;    /* of the first lost members that have one, as a JSON list */
};

/* Judge a text, and take out of it what can be taken: each "name":value at its top, or at the top of what it lists, whose value is
 * JSON that a collection can hold, in its order, while there is room. What stands in between is passed over. One pass; memory of
 * a few times the text. 0 or -ENOMEM; to be released in any case. */
must_check int collection_repair(const struct buf *text, struct collection_repair *out);

/* Free what it holds. */
void collection_repair_release(struct collection_repair *r);

#endif
