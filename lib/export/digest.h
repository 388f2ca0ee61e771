/* SPDX-License-Identifier: MIT */
/* What the first page of a run says, before it has any form: computed once from its rows, printed by show, report, Markdown and
 * JSON in the same order and the same words. Knows no format.
 *
 * Fill it with the spans of a run in any order, finish it once, read it. Everything is by rows of `figures`; texts of a row are
 * found by its number. */
#ifndef EXPORT_DIGEST_H
#define EXPORT_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "export/words.h"
#include "model/figures.h"
#include "model/figures_failures.h"
#include "model/figures_groups.h"
#include "model/figures_names.h"
#include "model/figures_path.h"
#include "model/figures_time.h"
#include "model/summary.h"
#include "sys/attr.h"

#define DIGEST_CURVE 60 /* parts of the run in the curve of parallelism */
#define DIGEST_GAPS 8
#define DIGEST_MARKS 1000

/* What commands are grouped by. */
enum digest_by { DIGEST_BY_COMMAND, DIGEST_BY_EXE, DIGEST_BY_ARGS, DIGEST_BY_DIR, DIGEST_BY_TASK };

struct digest_options {
    enum digest_by by;
    bool
        helpers; /* dtrack-mark, dtrack and the like count as any other command; else they are left out of what is listed */
    int64_t until_ns;  /* of a run that goes on: now, Unix; 0 = the latest moment in its rows */
    uint32_t rows_max; /* bounds the memory: as figures_options.rows_max */
    const char *task;  /* count only what is in tasks of this name, and in tasks within; NULL = all. The caller's */
};

/* A line of "what the time waited for": what one command has of the critical path. */
struct digest_share {
    uint32_t key;     /* figures_key() of it; by name */
    uint32_t longest; /* the row with the longest piece */
    int64_t path_ns, longest_ns;
    int64_t from_ns; /* when the longest piece began */
    int64_t count;   /* rows of it on the path; of the run's own 0 */
    bool alone;      /* while the longest piece lasted, nothing else was at work but what waited */
};

/* A value that was set, or an event: numbers of texts in the digest's labels. */
struct digest_mark {
    uint32_t name, value; /* value: JSON text; 0 = none */
    int64_t at_ns;        /* from the run's start */
};

struct digest {
    const struct summary *summary; /* the caller's; lives longer than the digest */
    struct digest_options options;
    struct figures figures;
    int64_t *self_ns; /* by row */
    int64_t *path_ns; /* by row: time on the critical path */
    struct figures_path path;
    struct digest_share
        *shares; /* by falling time; what is in no process of the run is the one whose longest is FIGURES_RUN */
    size_t shares_len;
    struct figures_groups groups;     /* by options.by, by falling CPU */
    struct figures_task_groups tasks; /* by falling total */
    struct figures_failures failures;
    struct figures_parallelism parallelism;
    int64_t curve_centi[DIGEST_CURVE];
    struct figures_gap gaps[DIGEST_GAPS];
    size_t gaps_len;
    int64_t cores;             /* of the machine; 0 = not known */
    struct digest_mark *marks; /* the first DIGEST_MARKS of them */
    size_t marks_len;
    int64_t marks_seen;
    uint32_t outside;            /* the key of what is in no task that was asked for; 0 = all is asked for */
    struct figures_names labels; /* command lines, each once */
    uint32_t *label;             /* by row */
    size_t label_cap;
};

#define auto_digest __attribute__((cleanup(digest_release))) struct digest

/* Make it empty. `options` may be NULL. 0 or -ENOMEM; to be released in both cases. */
must_check int digest_init(struct digest *d, const struct summary *summary, const struct digest_options *options);

/* Take one span in; nothing of it is kept by reference. Derived tasks are passed over: its tasks are those that
 * somebody marked. 0, -ENOMEM or -EFBIG. O(length of its command line). */
must_check int digest_add(struct digest *d, const struct span *span);

/* When all spans are in. 0 or -ENOMEM. O(n log n). */
must_check int digest_finish(struct digest *d);

/* The command line of a row as it was recorded, at most 200 bytes: its name, then its arguments behind the first; of a fork
 * that runs its parent's image "subshell of …" or "fork of …"; of a task its name; of FIGURES_RUN the run's name. Of more than
 * 100,000 different ones the rest are names only. Not for a terminal as it is: page_text() mends it. Owned by the digest. */
const char *digest_label(const struct digest *d, uint32_t row);

/* The text of a mark's name or value. Owned by the digest. */
const char *digest_text(const struct digest *d, uint32_t number);

/* How the row ended, for words_status(). */
struct words_end digest_end(const struct digest *d, uint32_t row);

/* Finished: how long what was asked for took: the run, or the tasks of that name together. */
int64_t digest_whole_ns(const struct digest *d);

/* Whether the row is in what was asked for. */
bool digest_has(const struct digest *d, uint32_t row);

/* Whether the row is one of dtrack's own helpers, which a page does not list unless it is asked to. */
bool digest_is_helper(const struct digest *d, uint32_t row);

/* Free what it holds. */
void digest_release(struct digest *d);

#endif
