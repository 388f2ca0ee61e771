/* SPDX-License-Identifier: MIT */
/* The values that a run contributes to the collection: the duration of each ended task in ms, and each value that was set. */
#ifndef RUN_VALUES_H
#define RUN_VALUES_H

#include <stddef.h>

#include "base/lookup.h"
#include "export/collection_json.h"
#include "model/span.h"
#include "sys/attr.h"

/* Values of one run beyond these limits are counted but not kept: no job may fill the shared collection. */
#define VALUES_MAX 200000
#define VALUES_BYTES_MAX ((size_t)8 << 20) /* of names and values */

struct values {
    struct collection_value *list; /* each name once; heap strings, despite the type's const */
    size_t len, cap;
    struct lookup by_name;
    size_t bytes;  /* of all names and values */
    size_t missed; /* values beyond the limits */
};

/* Free what *v holds. */
void values_release(struct values *v);

/* Add copies of a name and of its value, which is JSON, replacing an earlier value of that name. A value beyond the limits is
 * counted, and an earlier one stays. 0 or -ENOMEM. */
must_check int values_add(struct values *v, const char *name, const char *json);

/* Add the value that a span implies: the duration of an ended task, or what a `set` mark sets. Ignores other spans. 0 or -ENOMEM. */
must_check int values_take_span(struct values *v, const struct span *span);

#endif
