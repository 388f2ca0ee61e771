/* SPDX-License-Identifier: MIT */
/* A run's summary as one JSON object, both ways; its keys are listed in lib/export/README.md. */
#ifndef EXPORT_SUMMARY_JSON_H
#define EXPORT_SUMMARY_JSON_H

#include <stddef.h>

#include "base/buf.h"
#include "model/summary.h"
#include "sys/attr.h"

/* The longest summary that is read back. */
#define SUMMARY_JSON_MAX ((size_t)1 << 20)

/* Append the summary as one line of JSON with its newline. Errors stick in the buffer. */
void summary_json_put(struct buf *out, const struct summary *s);

/* Read a summary. Unknown keys are passed over, absent ones leave what summary_init() says. On 0 *out is the
 * caller's, for summary_release(). -EPROTONOSUPPORT when the schema is another than SUMMARY_SCHEMA; -EINVAL
 * when it is not a JSON object, has no id, name or start, or the id is none; otherwise as json_parse(). */
must_check int summary_json_parse(const char *text, size_t len, struct summary *out);

#endif
