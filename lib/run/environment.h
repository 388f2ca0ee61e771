/* SPDX-License-Identifier: MIT */
/* What an environment says, asked for through a function: that of this process, or a test's. */
#ifndef RUN_ENVIRONMENT_H
#define RUN_ENVIRONMENT_H

#include <stdint.h>

#include "base/settings.h"
#include "spool/folder.h"
#include "sys/attr.h"

/* A variable's value, or NULL: as getenv(3), and as store_config.getenv wants it. */
typedef const char *(*environment_fn)(const char *name);

/* A variable's value, or NULL when it is unset or empty. */
const char *environment_text(environment_fn env, const char *name);

/* A setting's value, or its default when it is unset or empty, or NULL. */
const char *environment_setting(environment_fn env, enum setting_id id);

/* The count that a setting says, or its default when it says none: giving runs up by a misread limit would be the worst
 * choice. Only for settings that have a default. */
must_check int64_t environment_count(environment_fn env, enum setting_id id);

/* DTRACK_SPOOL_LIMIT in bytes, within what a spool can have; 0 for what makes no sense. */
must_check uint64_t environment_spool_limit(environment_fn env);

/* What decides where runs are recorded, for this process's user. */
struct folder_env environment_folders(environment_fn env);

#endif
