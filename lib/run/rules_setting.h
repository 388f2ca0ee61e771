/* SPDX-License-Identifier: MIT */
/* DTRACK_RULES: "off", or the path of a file of rules for tasks without marks (model/task_rules.h). Reads no variable. */
#ifndef RUN_RULES_SETTING_H
#define RUN_RULES_SETTING_H

#include <stdbool.h>

#include "base/buf.h"
#include "sys/attr.h"

#define RULES_FILE_MAX ((size_t)16 << 10) /* they are kept with the run */

/* Read the setting, which may be NULL: *off, or the file's text into the empty `rules`. A file that can't be read leaves one
 * line there that is no rule, and says in `why`, which may be NULL, what is wrong; so do lines that are none. 0 or -ENOMEM. */
must_check int rules_setting_read(const char *value, bool *off, struct buf *rules, struct buf *why);

#endif
