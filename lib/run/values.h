/* SPDX-License-Identifier: MIT */
/* The values that a run gives to the collection: milliseconds of each ended task, and each value that was set. */
#ifndef RUN_VALUES_H
#define RUN_VALUES_H

#include <stddef.h>

#include "export/collection_json.h"
#include "model/span.h"
#include "sys/attr.h"

struct values {
    struct collection_value *list; /* heap strings, despite the type's const */
    size_t len, cap;
};

/* Free what it holds. */
void values_release(struct values *v);

/* Add a value, given as JSON. 0 or -ENOMEM. */
must_check int values_add(struct values *v, const char *name, const char *json);

/* Take an ended task's duration; other spans are ignored. 0 or -ENOMEM. */
must_check int values_take_span(struct values *v, const struct span *span);

/* Take the values that the marker file sets, without secrets; `rules` are the user's. 0 or -errno. */
must_check int values_take_marks(struct values *v, int marks_fd, const char *rules);

#endif
