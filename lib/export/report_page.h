/* SPDX-License-Identifier: MIT */
/* A run as one page of HTML that needs nothing else: no network, no other file. Its plain part has what the terminal's first page
 * has, for places that forbid scripts; with scripts there is a timeline below it. report/ has the page's own sources. */
#ifndef EXPORT_REPORT_PAGE_H
#define EXPORT_REPORT_PAGE_H

#include "base/buf.h"
#include "export/digest.h"
#include "export/report_data.h"
#include "model/span.h"
#include "model/summary.h"
#include "sys/attr.h"

/* A page being made. */
struct report {
    const struct summary *summary; /* the caller's */
    struct digest digest;
    struct report_data data;
};

/* Begin. 0 or -ENOMEM; to be released in both cases. `until_ns`: as in struct digest_options. */
must_check int report_init(struct report *r, const struct summary *summary, int64_t until_ns);

/* Take one span in. 0, -ENOMEM or -EFBIG. */
must_check int report_add(struct report *r, const struct span *span);

/* When all spans are in: append the page. 0, -ENOMEM or -EFBIG. */
must_check int report_put(struct report *r, struct buf *out);

/* Free what it holds. */
void report_release(struct report *r);

#endif
