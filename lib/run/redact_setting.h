/* SPDX-License-Identifier: MIT */
/* The user's own words for secrets, DTRACK_REDACT: names of options, variables and keys with commas between
 * them, and file:PATH, a file with one such name a line. */
#ifndef RUN_REDACT_SETTING_H
#define RUN_REDACT_SETTING_H

#include "base/buf.h"
#include "sys/attr.h"

/* Append the words of `value` to `rules`, with commas between them, those of files among them. 0; or -EINVAL,
 * with what is wrong in `why`, nothing of `value` quoted, and nothing that can be used in `rules`. */
must_check int redact_setting_parse(const char *value, struct buf *rules, struct buf *why);

#endif
