/* SPDX-License-Identifier: MIT */
/* One timed thing of a run: a row of the public schema, field for field. Knows no spool and no format. */
#ifndef MODEL_SPAN_H
#define MODEL_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/attr.h"

/* Absent integers carry this value and become null in every format. */
#define SPAN_NONE INT64_MIN

enum span_kind { SPAN_RUN, SPAN_PROCESS, SPAN_TASK, SPAN_MARK };

/* The witness of an end. */
enum span_end {
    SPAN_END_SELF,     /* its own exit hook */
    SPAN_END_PARENT,   /* its parent's wait */
    SPAN_END_EXEC,     /* replaced by the next image of the same process */
    SPAN_END_INFERRED, /* noticed gone; the end is the last moment it was seen */
    SPAN_END_RUNNING,  /* alive when the run ended */
    SPAN_END_MARK,     /* a task's end mark */
    SPAN_END_RUN,      /* a task never ended: closed with the run */
    SPAN_END_DERIVED,  /* a task that nobody marked: it ended as the process did that it was recognised by */
};

/* Strings are NUL-terminated bytes, not necessarily UTF-8: formats sanitise what they write. All pointers belong
 * to whoever emits the span and are valid only during the call that receives it. */
struct span {
    const char *run_id;
    const char *span_id;
    const char *parent_id; /* NULL for the run itself */
    enum span_kind kind;
    const char *name;
    int64_t start_ns; /* Unix, ns */
    int64_t dur_ns;   /* monotonic, ns; SPAN_NONE while running and for marks */
    enum span_end end_by;
    int64_t exit_code, signal; /* at most one is not SPAN_NONE; of a task, what its end mark says */
    int64_t pid, ppid, uid;
    const char *exe;         /* NULL = unknown */
    const char *const *args; /* argc strings, NULL when argc is 0 */
    size_t argc;
    bool args_cut;   /* args were shortened when they were recorded */
    const char *cwd; /* NULL = unknown */
    int64_t user_us, sys_us;
    int64_t tree_user_us, tree_sys_us;
    int64_t maxrss_kb, minflt, majflt, inblock, oublock, nvcsw, nivcsw;
    const char *task; /* innermost open task, or NULL */
    int64_t
        reaped_ns; /* Unix, ns: when its parent's wait returned it; SPAN_NONE when nobody waited, and before an exec */
    bool forked;   /* it ran its parent's image, whose exe and args it repeats: a fork that has not exec'd */
    int64_t
        ended_by_ns; /* Unix, ns: where nobody saw the end, dur_ns is a lower bound, and this the latest end; or SPAN_NONE */
    const char *value; /* a mark's value, or what the end of a task gave it, as JSON text; or NULL */
    /* No part of a row: */
    bool is_set;      /* of a mark: it gives a value to a name, and is no event */
    uint32_t program; /* of a forked one: which image that is, the same for all that repeat it */
    int64_t load_ns;  /* from the exec or spawn to the program's first instruction that we see, or SPAN_NONE */
};

/* Whether the span is a task that nobody marked, and that named ones must not be mixed up with. */
static inline bool span_is_derived(const struct span *span)
{
    return span->end_by == SPAN_END_DERIVED;
}

/* The word for a kind in every format, such as "process". */
const char *span_kind_word(enum span_kind kind);

/* The word for a witness in every format, such as "inferred". */
const char *span_end_word(enum span_end end);

/* The kind that the word names. False, and *out untouched, when there is none. */
must_check bool span_kind_parse(const char *word, enum span_kind *out);

/* The witness that the word names. False, and *out untouched, when there is none. */
must_check bool span_end_parse(const char *word, enum span_end *out);

#endif
