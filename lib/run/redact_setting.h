/* SPDX-License-Identifier: MIT */
/* The user's own redaction words, DTRACK_REDACT: a comma-separated list of names of options, variables and keys, and of file:PATH,
 * a file with one such name per line. */
#ifndef RUN_REDACT_SETTING_H
#define RUN_REDACT_SETTING_H

#include "base/buf.h"
#include "sys/attr.h"

/* Append the words of `value`, and of the files that it names, to `rules`, separated by commas. 0; -EINVAL with the error in `why`,
 * which quotes nothing of `value`, since it may be a secret; or -ENOMEM. After an error `rules` is unusable. */
must_check int redact_setting_parse(const char *value, struct buf *rules, struct buf *why);

#endif
