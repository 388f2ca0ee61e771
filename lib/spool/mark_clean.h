/* SPDX-License-Identifier: MIT */
/* Redacts marks: dtrack-mark uses this before it writes a mark, readers of a marker file for marks that other programs wrote. */
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

/* Free what *clean holds. */
void mark_clean_release(struct mark_clean *clean);

/* Set *clean to the redacted copy of a mark. When the mark's name denotes a secret, the whole value is hidden. `rules` are the
 * user's redaction words, as for redact_init(). *clean must be zeroed, or have been used for another mark; its strings are valid
 * until it is used again or released. 0 or -ENOMEM. */
must_check int mark_clean_set(struct mark_clean *clean, const struct mark *mark, const char *rules);

#endif
