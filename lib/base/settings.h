/* SPDX-License-Identifier: MIT */
/* All environment variables of dtrack in one table, from which help texts and the manual are printed. Only lib/cmd and preload/
 * read the environment. */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include <stdbool.h>

#include "sys/attr.h"

enum setting_id {
    SETTING_STORE,
    SETTING_NAME,
    SETTING_SPOOL,
    SETTING_SPOOL_LIMIT,
    SETTING_KEEP_RUNS,
    SETTING_KEEP_DAYS,
    SETTING_WAIT,
    SETTING_ARGS,
    SETTING_REDACT,
    SETTING_RULES,
    SETTING_COLLECTION,
    SETTING_QUIET,
    SETTING_OFF,
    SETTING_RUN,
    SETTING_FROM,
    SETTING_COUNT,
};

struct setting {
    const char *name;
    const char *fallback; /* the value used when unset or empty; NULL when there is none or it is computed */
    const char *shown;    /* how the help names the default */
    const char *help;     /* one line */
    bool ours;            /* set by dtrack for the job's processes, not by users */
};

/* Read a whole number from 0 to a million. False, and *out untouched, for any other text. */
must_check bool settings_read_count(const char *text, long *out);

/* Indexed by enum setting_id. */
extern const struct setting settings[SETTING_COUNT];

#endif
