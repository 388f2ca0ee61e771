/* SPDX-License-Identifier: MIT */
/* The lists of a summary as JSON, both ways: tasks, commands, path, and the curve of parallelism. */
#ifndef EXPORT_SUMMARY_LISTS_H
#define EXPORT_SUMMARY_LISTS_H

#include "base/buf.h"
#include "base/json.h"
#include "model/summary.h"
#include "sys/attr.h"

/* Append the members "tasks", "commands", "path" and "parallelism", each with a comma in front. */
void summary_lists_put(struct buf *out, const struct summary *s);

/* Read them from the summary's object; what is not there stays empty, what is too much is passed over. 0 or -ENOMEM. */
must_check int summary_lists_take(const struct json *root, struct summary *s);

#endif
