/* SPDX-License-Identifier: MIT */
/* Run ids and the names of a run's objects in a store. A run id is YYYYMMDDTHHMMSS.mmmZ-xxxxxxxx, so that ids
 * sort by time, and the folder of a day follows from it. */
#ifndef EXPORT_NAMES_H
#define EXPORT_NAMES_H

#include <stdbool.h>

#include "base/buf.h"
#include "model/summary.h"
#include "sys/attr.h"

#define NAMES_RUNS "runs/v=1/" /* all summaries start so */

/* Is the text a whole run id? */
must_check bool names_is_run_id(const char *text);

/* Could the text be the start of a run id, or a whole one? */
must_check bool names_is_id_start(const char *text);

/* Append the name of the run's summary object. `run_id` is a whole id. */
void names_put_summary(struct buf *out, const char *run_id);

/* Append the name of the run's spans object. `run_id` is a whole id. */
void names_put_spans(struct buf *out, const char *run_id);

/* Append what the summary objects of all runs start with whose ids start with `start`, as long as that can
 * be: so finding a run of a known day does not list all the others. `start` is the start of an id, or empty.
 */
void names_put_listing(struct buf *out, const char *start);

/* Write the run id of a summary object's name to `id`. False when the name is not such a name. */
must_check bool names_run_id(const char *name, char id[RUN_ID_BYTES]);

#define NAMES_CANDIDATES 5

/* Looking for a run among the names of a listing. */
struct names_search {
    const char *start;                               /* of the id that is looked for; "" = any */
    char latest[RUN_ID_BYTES];                       /* the last one that matches; "" = none */
    size_t matches;                                  /* how many do */
    char candidates[NAMES_CANDIDATES][RUN_ID_BYTES]; /* the first of them */
};

/* Look at one object name; names come in their order, so that the last match is the latest run. */
void names_search_take(struct names_search *search, const char *name);

#endif
