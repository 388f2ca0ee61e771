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

#define TASKS_MAX 100000        /* more starts than this in one run are counted, not kept */
#define TASKS_OWNERS_TRIED 1000 /* ancestors that own tasks, beginning with the nearest, for one process */

/* The neighbours of an open task: see open_tasks.c. */
struct task_link {
    size_t next, before; /* TASKS_NONE: it is the last, the first */
};

struct task {
    char *name;               /* heap */
    int64_t start_ns, end_ns; /* Unix; end_ns = INT64_MAX while open */
    int32_t pid, ppid;        /* of the start mark; 0 = unknown */
    uint32_t owner;           /* reference of the owning image or fork; 0 = unknown */
    size_t parent;            /* index of the enclosing task, or TASKS_NONE */
    bool is_open;             /* its end mark has not been read, so far */
    int status;               /* as wait gives it, if its end mark says one; -1 = not known */
    int64_t
        end_offset; /* in the marker file: where the end mark is, of that many bytes, if it has values; else 0 bytes */
    uint32_t end_len;
    struct task_link open[2];
};

#define TASKS_NONE SIZE_MAX

/* A task in one of the orders below. */
struct tasks_place {
    uint32_t owner; /* 0 where it does not count */
    uint32_t task;  /* index in the list */
    int64_t start_ns;
};

/* All tasks by owner, start and mark; and over them a heap of ends, in which each node has the latest one below it. So the
 * last one that began before a moment and was open then is found in a few steps, however many began and ended meanwhile. */
struct tasks_order {
    struct tasks_place *places;
    int64_t *ends; /* those of places from ends[size] on */
    size_t size;   /* a power of two */
};

struct tasks {
    struct task *list; /* in order of their start marks in the file */
    size_t len, cap;
    size_t *chains, chains_len;    /* of open tasks: see open_tasks.c */
    struct tasks_order all, owned; /* made by tasks_nest(): by start alone, and for each owner */
    struct lineage_skips idle;     /* ancestors that own none are passed over */
    int64_t stray_ends;            /* end marks without a start */
    int64_t dropped;               /* starts beyond TASKS_MAX */
};

#define TASKS_EMPTY ((struct tasks){0})

/* Free what the tasks hold. */
void tasks_release(struct tasks *t);

/* Take a start or end mark in; others are ignored. An end closes the latest open task of its name: *closed, which may be NULL,
 * is that one then, else NULL. 0 or -ENOMEM. */
must_check int tasks_add(struct tasks *t, const struct mark *mark, struct task **closed);

/* After all marks are in and owners are set: find each task's enclosing one. 0 or -ENOMEM. */
must_check int tasks_nest(struct tasks *t, struct lineage *lineage);

/* Once nested: the innermost task that `ref`, started at Unix time `at_ns`, belongs to, or TASKS_NONE. */
size_t tasks_find(const struct tasks *t, const struct lineage *lineage, uint32_t ref, int64_t at_ns);

#endif
