/* SPDX-License-Identifier: MIT */
/* The figures of the first page as one JSON object, `dtrack.show/1`; its keys are listed in README.md. */
#ifndef EXPORT_SHOW_JSON_H
#define EXPORT_SHOW_JSON_H

#include "base/buf.h"
#include "export/show_run.h"

/* Append the object as one line with its newline. Nothing is folded, but for `top` and `min_ns` of the options, which is all that is
 * read of them. `digest` has been finished. Errors stick in the buffer. */
void show_json_put(struct buf *out, const struct summary *s, const struct digest *digest,
                   const struct show_options *options);

#endif
