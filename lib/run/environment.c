/* SPDX-License-Identifier: MIT */
/* Reads settings from an environment. Copies nothing: returned strings belong to the environment. */
#include "run/environment.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMIT_MIN ((uint64_t)64 << 10)

const char *environment_text(environment_fn env, const char *name)
{
    const char *value = env(name);
    return value && *value ? value : NULL;
}

const char *environment_setting(environment_fn env, enum setting_id id)
{
    const char *value = environment_text(env, settings[id].name);
    return value ? value : settings[id].fallback;
}

int64_t environment_count(environment_fn env, enum setting_id id)
{
    long value;
    if (!settings_read_count(environment_setting(env, id), &value) &&
        !settings_read_count(settings[id].fallback, &value))
        return 0;
    return value;
}

uint64_t environment_spool_limit(environment_fn env)
{
    static const char units[] = "KMG";
    char *rest;
    const char *text = environment_setting(env, SETTING_SPOOL_LIMIT);
    unsigned long long value = *text >= '0' && *text <= '9' ? strtoull(text, &rest, 10) : 0;
    if (!value)
        return 0;
    const char *unit = *rest ? strchr(units, *rest) : NULL;
    unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
    if (*rest && (!unit || rest[1]))
        return 0;
    return value > SPOOL_LIMIT_MAX >> shift ? SPOOL_LIMIT_MAX : MAX(value << shift, LIMIT_MIN);
}

struct folder_env environment_folders(environment_fn env)
{
    return (struct folder_env){.spool = env(settings[SETTING_SPOOL].name),
                               .state_home = env("XDG_STATE_HOME"),
                               .home = env("HOME"),
                               .uid = geteuid()};
}
