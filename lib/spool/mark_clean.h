/* SPDX-License-Identifier: MIT */
/* Secrets out of marks: dtrack-mark uses it before a mark is written, readers of a marker file use it on
 * marks that others wrote. */
#ifndef SPOOL_MARK_CLEAN_H
#define SPOOL_MARK_CLEAN_H

#include "base/buf.h"
#include "spool/marks.h"
#include "sys/attr.h"

/* A mark without secrets, and the memory that holds its strings. */
struct mark_clean {
    struct mark mark;
    struct buf name, value;
};

#define auto_mark_clean __attribute__((cleanup(mark_clean_release))) struct mark_clean

/* Free what it holds. */
void mark_clean_release(struct mark_clean *clean);

/* Redact a mark's name, and its value, which is a secret as a whole when the name says so. `rules` are the
 * user's, as for redact_init(). *clean must be zero or have been used for another mark; its strings are good
 * until it is used again or released. 0 or -ENOMEM. */
must_check int mark_clean_set(struct mark_clean *clean, const struct mark *mark, const char *rules);

#endif
