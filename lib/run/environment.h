/* SPDX-License-Identifier: MIT */
/* Settings read from an environment through a function, so that tests can pass one of their own. */
#ifndef RUN_ENVIRONMENT_H
#define RUN_ENVIRONMENT_H

#include <stdint.h>

#include "base/settings.h"
#include "spool/folder.h"
#include "sys/attr.h"

/* A variable's value, or NULL: the contract of getenv(3) and of store_config.getenv. */
typedef const char *(*environment_fn)(const char *name);

/* A variable's value, or NULL when it is unset or empty. */
const char *environment_text(environment_fn env, const char *name);

/* A setting's value, or its default when it is unset or empty, or NULL. */
const char *environment_setting(environment_fn env, enum setting_id id);

/* The value of a setting that is a count, or its default when the value can't be parsed: runs must not be dropped because a limit
 * was misread. Only for settings that have a default. */
must_check int64_t environment_count(environment_fn env, enum setting_id id);

/* DTRACK_SPOOL_LIMIT in bytes, clamped to what a spool supports; 0 when it can't be parsed. */
must_check uint64_t environment_spool_limit(environment_fn env);

/* The variables that decide where runs are recorded, with this process's effective user. The strings belong to the environment. */
struct folder_env environment_folders(environment_fn env);

#endif
