/* SPDX-License-Identifier: MIT */
/* Tasks: start and end marks, paired, and the question which task a moment of a process belongs to.
 *
 * A task belongs to the process that started it (`ppid` of its mark) or, when that one did not live to see the
 * task's end, to its nearest ancestor that did. A process belongs to the innermost task that was open when it
 * started and whose owner it descends from; a task without a known owner covers every process. */
#ifndef MODEL_TASKS_H
#define MODEL_TASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/lineage.h"
#include "spool/marks.h"
#include "sys/attr.h"

#define TASKS_MAX 100000 /* more starts than this in one run are counted, not kept */

/* The neighbours of an open task: see open_tasks.c. */
struct task_link {
    size_t next, before; /* TASKS_NONE: it is the last, the first */
};

struct task {
    char *name; /* heap */
    int64_t start_ns, end_ns; /* Unix; end_ns = INT64_MAX while open */
    int32_t pid, ppid;        /* of the start mark; 0 = unknown */
    uint32_t owner;           /* reference of the owning image or fork; 0 = unknown */
    size_t parent;            /* index of the enclosing task, or TASKS_NONE */
    bool is_open;             /* its end mark has not been read, so far */
    struct task_link open[2];
};

#define TASKS_NONE SIZE_MAX

/* A task in the order of starts. */
struct tasks_place {
    int64_t start_ns;
    size_t task;  /* index in the list */
    size_t outer; /* place of the nearest earlier one that was open when this one began, or TASKS_NONE */
};

struct tasks {
    struct task *list; /* in order of their start marks in the file */
    size_t len, cap;
    size_t *chains, chains_len; /* of open tasks: see open_tasks.c */
    struct tasks_place *places; /* made by tasks_nest() */
    int64_t stray_ends; /* end marks without a start */
    int64_t dropped;    /* starts beyond TASKS_MAX */
};

#define TASKS_EMPTY ((struct tasks){0})

/* Free what the tasks hold. */
void tasks_release(struct tasks *t);

/* Take a start or end mark in; others are ignored. An end closes the latest open task of its name. 0 or -ENOMEM. */
must_check int tasks_add(struct tasks *t, const struct mark *mark);

/* After all marks are in and owners are set: find each task's enclosing one. 0 or -ENOMEM. */
must_check int tasks_nest(struct tasks *t, const struct lineage *lineage);

/* Once nested: the innermost task that `ref`, started at Unix time `at_ns`, belongs to, or TASKS_NONE. */
size_t tasks_find(const struct tasks *t, const struct lineage *lineage, uint32_t ref, int64_t at_ns);

#endif
