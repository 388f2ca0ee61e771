/* SPDX-License-Identifier: MIT */
/* Sums over rows: by key (command, exe, args, folder: whatever figures_add() was given), and by task. */
#ifndef MODEL_FIGURES_GROUPS_H
#define MODEL_FIGURES_GROUPS_H

#include "model/figures.h"

/* All processes' rows of one key. */
struct figures_group {
    uint32_t key;     /* figures_names_text(&f->keys, key) */
    uint32_t longest; /* row; FIGURES_RUN when all were left out */
    int64_t count, failed;
    int64_t cpu_us;
    int64_t self_ns;                    /* own wall: no child of theirs lived */
    int64_t longest_ns, p50_ns, p95_ns; /* of durations; the latter two by nearest rank, SPAN_NONE unless asked for */
    int64_t path_ns;                    /* on the critical path */
    int64_t path_count;                 /* rows of it on the path */
};

struct figures_groups {
    struct figures_group *list; /* one a key that has any, by falling CPU, then self time, then key */
    size_t len;
};

/* What to compute besides: p50 and p95, for 8 bytes a row meanwhile. */
#define FIGURES_PERCENTILES 1u

/* Group linked figures by key. 0 or -ENOMEM; to be released in both cases. O(n + keys log keys), with percentiles O(n log n). */
must_check int figures_group(const struct figures *f, unsigned what, struct figures_groups *out);

/* Free it. */
void figures_groups_release(struct figures_groups *groups);

/* All tasks of one name, with what is in the tasks within them. */
struct figures_task_group {
    uint32_t name;                /* figures_names_text(&f->task_names, name) */
    uint32_t longest;             /* row */
    int64_t count;                /* how often it was started */
    int64_t failed;               /* of these, ended with a status that is none of success */
    int64_t total_ns, longest_ns; /* of the tasks' durations */
    int64_t least;                /* of these durations so many are lower bounds or go on */
    int64_t processes;            /* rows of processes in it */
    int64_t cpu_us;
    int64_t work_ns; /* self time of its processes: work_ns / total_ns is its mean parallelism */
    int64_t path_ns; /* its share of the critical path */
};

struct figures_task_groups {
    struct figures_task_group *list; /* by falling total, then name */
    size_t len;
};

/* Group linked figures by task. 0 or -ENOMEM; to be released in both cases. O(n log n). */
must_check int figures_group_tasks(const struct figures *f, struct figures_task_groups *out);

/* Free it. */
void figures_task_groups_release(struct figures_task_groups *groups);

/* The path's time by the row of the innermost task: adds to ns[row], the caller's array of f->len zeros; what is in no task is
 * added to ns[FIGURES_RUN]. The sum is f->dur_ns. A moment of the path belongs to the innermost task that is open then and
 * whose owner is the process it is charged to, or an ancestor of that. 0 or -ENOMEM. */
must_check int figures_path_by_task(const struct figures *f, int64_t *ns);

#endif
