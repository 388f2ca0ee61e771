/* SPDX-License-Identifier: MIT */
/* The processes and tasks of a run as bars on a time line: who started whom, which images are one process's,
 * which bar is drawn in which lane. About 120 bytes a span while it is made, whatever names and arguments
 * are. Knows no format. */
#ifndef EXPORT_TIMELINE_H
#define EXPORT_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "export/intern.h"
#include "model/span.h"
#include "model/summary.h"
#include "sys/attr.h"

#define TIMELINE_NONE 0        /* index of no bar */
#define TIMELINE_DEPTH_MAX 250 /* bars that lie on one another in a lane: viewers drop what is deeper */
#define TIMELINE_BARS_MAX (UINT32_C(1) << 25)

/* Processes and tasks have lanes of their own. The run itself is a bar among the tasks. */
enum timeline_group { TIMELINE_PROCESSES, TIMELINE_TASKS, TIMELINE_GROUPS };

/* One row of the run, and its place. Bars are numbered from 1 in the order of their rows. */
struct timeline_bar {
    union {
        uint64_t id;         /* a hash of the row's, until timeline_link() is through with it */
        int64_t life_end_ns; /* of a process's first image: the end of its last one */
    };
    union {
        uint64_t parent_id; /* alike */
        int64_t own_ns;     /* time in which no child of the process ran */
    };
    int64_t start_ns, end_ns; /* not before the run's start; end >= start, the latest time known of while it runs */
    int64_t cpu_us;           /* its own, 0 when unknown */
    int64_t pid;
    uint32_t parent;     /* the bar that started it, of the same group */
    uint32_t head;       /* the first image of the same process; itself if it is that */
    uint32_t after;      /* the next image of the same process */
    uint32_t lane;       /* from 1, by group */
    uint32_t below;      /* the bar that it lies on */
    uint32_t name, task; /* numbers in `names`, when those are kept; a task of 0 is none */
    uint16_t depth;      /* how many bars it lies on */
    bool is_task, execs;
    bool alone;  /* no other child of its parent runs while it does */
    bool capped; /* another bar that lies on it began when it did */
};

struct timeline {
    struct timeline_bar *bars; /* bars[TIMELINE_NONE] is none */
    uint32_t len, cap;
    uint32_t *order; /* all bars by their starts, equal ones in the order of the rows; len - 1 of them */
    uint32_t lanes[TIMELINE_GROUPS]; /* how many */
    int64_t start_ns, latest_ns;     /* of the run; and the latest time that anything is known of */
    bool keep_names;
    struct intern names; /* "" is number 0 */
};

/* Make an empty time line of that run. 0 or -ENOMEM; to be released in both cases. */
must_check int timeline_init(struct timeline *t, const struct summary *s, bool keep_names);

/* Is the row a bar? Marks are none. */
must_check bool timeline_is_bar(const struct span *span);

/* Take one row in; one that is no bar is passed over. 0, -ENOMEM, or -EFBIG when there are too many. */
must_check int timeline_add(struct timeline *t, const struct span *span);

/* When all rows are in: tie the bars together, find own times. 0 or -ENOMEM. */
must_check int timeline_link(struct timeline *t);

/* After that: give each bar its lane. Within a lane bars lie one in another or one behind the other. Bars
 * that touch are in the order of their rows, so that a file with each row's begin and end side by side is
 * right when a reader sorts it by time. 0 or -ENOMEM. */
must_check int timeline_assign_lanes(struct timeline *t);

/* The group a bar is in. */
static inline enum timeline_group timeline_group_of(const struct timeline_bar *bar)
{
    return bar->is_task ? TIMELINE_TASKS : TIMELINE_PROCESSES;
}

/* `at_ns` from the run's start on, 0 when it is before that. */
int64_t timeline_offset(const struct timeline *t, int64_t at_ns);

/* Append nanoseconds, which are not negative, as microseconds with three decimals. */
void timeline_put_us(struct buf *out, int64_t ns);

/* Free what it holds. */
void timeline_release(struct timeline *t);

#endif
