/* SPDX-License-Identifier: MIT */
/* The table of environment variables. Reads none of them. */
#include "base/settings.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

const struct setting settings[SETTING_COUNT] = {
    [SETTING_STORE] = {"DTRACK_STORE", NULL, "a local folder", "stores of runs, as URLs; the first is read from",
                       false},
    [SETTING_NAME] = {"DTRACK_NAME", NULL, "the command's name", "name of the run", false},
    [SETTING_SPOOL] = {"DTRACK_SPOOL", NULL, "$XDG_STATE_HOME/dtrack/spool", "folder of runs being recorded", false},
    [SETTING_SPOOL_LIMIT] = {"DTRACK_SPOOL_LIMIT", "1G", "1G", "most bytes that one run may record: N, NK, NM or NG",
                             false},
    [SETTING_KEEP_RUNS] = {"DTRACK_KEEP_RUNS", "1000", "1000", "most runs that wait in the spool to be stored", false},
    [SETTING_KEEP_DAYS] = {"DTRACK_KEEP_DAYS", "30", "30", "days that a run may wait in the spool to be stored", false},
    [SETTING_WAIT] = {"DTRACK_WAIT", "10", "10", "seconds that a job's end may wait for its upload", false},
    [SETTING_ARGS] = {"DTRACK_ARGS", "redacted", "redacted", "what is kept of arguments: redacted, full, name", false},
    [SETTING_REDACT] = {"DTRACK_REDACT", NULL, "none", "further names of secrets: NAME,NAME…; file:PATH has one a line",
                        false},
    [SETTING_RULES] = {"DTRACK_RULES", NULL, "what tools say", "tasks without marks: a file of rules; off", false},
    [SETTING_COLLECTION] = {"DTRACK_COLLECTION", "pathmetrics/statistics.json", "pathmetrics/statistics.json",
                            "object of the named values", false},
    [SETTING_QUIET] = {"DTRACK_QUIET", NULL, "unset", "1: say nothing at the end of a run; empty and 0 are off", false},
    [SETTING_OFF] = {"DTRACK_OFF", NULL, "unset", "1: record nothing; empty and 0 are off", false},
    [SETTING_RUN] = {"DTRACK_RUN", NULL, "set by dtrack", "folder of the run a process belongs to", true},
    [SETTING_FROM] = {"DTRACK_FROM", NULL, "set by dtrack", "who started a process, for that process alone", true},
};

/* The upper bound rejects typing errors: no meaningful count is larger. */
bool settings_read_count(const char *text, long *out)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end || errno || value < 0 || value > 1000000)
        return false;
    *out = value;
    return true;
}
