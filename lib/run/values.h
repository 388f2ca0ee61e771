/* SPDX-License-Identifier: MIT */
/* The values that a run gives to the collection: milliseconds of each ended task, and each value that was set. */
#ifndef RUN_VALUES_H
#define RUN_VALUES_H

#include <stddef.h>

#include "base/lookup.h"
#include "export/collection_json.h"
#include "export/collection_json.h"
#include "model/span.h"
#include "sys/attr.h"

/* More than this of one run are counted, not kept: one job must not fill the collection that all share. */
#define VALUES_MAX 200000
#define VALUES_BYTES_MAX ((size_t)8 << 20) /* of names and values */

struct values {
    struct collection_value *list; /* each name once; heap strings, despite the type's const */
    size_t len, cap;
    struct lookup by_name;
    size_t bytes;
    size_t missed; /* values that had no room */
};

/* Free what it holds. */
void values_release(struct values *v);

/* Add a value, given as JSON; it takes the place of an earlier one of the same name. One that has no room is counted, and
 * the earlier one stays. 0 or -ENOMEM. */
must_check int values_add(struct values *v, const char *name, const char *json);

/* Take an ended task's duration, or the value that a mark sets, as a row has them; other spans are ignored. 0 or -ENOMEM. */
must_check int values_take_span(struct values *v, const struct span *span);

#endif
