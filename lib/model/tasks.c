/* SPDX-License-Identifier: MIT */
/* Pairs marks and answers which task covers what. Knows no files and no rows. */
#include "model/tasks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/list.h"
#include "model/open_tasks.h"

void tasks_release(struct tasks *t)
{
    for (size_t i = 0; i < t->len; i++)
        free(t->list[i].name);
    free(t->list);
    free(t->places);
    free(t->chains);
    *t = TASKS_EMPTY;
}

static int tasks_start(struct tasks *t, const struct mark *mark)
{
    if (t->len == TASKS_MAX) {
        t->dropped++;
        return 0;
    }
    if (list_grow(&t->list, t->len, &t->cap, sizeof *t->list))
        return -ENOMEM;
    char *name = strdup(mark->name);
    if (!name)
        return -ENOMEM;
    t->list[t->len] = (struct task){.name = name, .start_ns = mark->time_ns, .end_ns = INT64_MAX, .pid = mark->pid,
                                    .ppid = mark->ppid, .parent = TASKS_NONE};
    t->len++;
    return open_tasks_add(t);
}

int tasks_add(struct tasks *t, const struct mark *mark)
{
    if (mark->verb == MARK_START)
        return tasks_start(t, mark);
    if (mark->verb != MARK_END)
        return 0;
    size_t open = open_tasks_find(t, mark);
    if (open == TASKS_NONE) {
        t->stray_ends++;
        return 0;
    }
    struct task *task = &t->list[open];
    task->end_ns = MAX(mark->time_ns, task->start_ns);
    open_tasks_remove(t, open);
    return 0;
}

/* The task `i` covers a process `ref` that starts at `at_ns`. */
static int task_covers(const struct task *task, const struct lineage *lineage, uint32_t ref, int64_t at_ns)
{
    if (at_ns < task->start_ns || at_ns >= task->end_ns)
        return 0;
    return !task->owner || !ref || lineage_is_within(lineage, ref, task->owner);
}

/* How many places hold tasks that start no later than `at_ns`. */
static size_t places_until(const struct tasks *t, int64_t at_ns)
{
    size_t low = 0, high = t->places ? t->len : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->places[middle].start_ns <= at_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whatever is open at a moment lies on the way from the last one that began, outwards. */
static size_t tasks_innermost(const struct tasks *t, const struct lineage *lineage, uint32_t ref, int64_t at_ns,
                              size_t not_this)
{
    size_t place = places_until(t, at_ns) - 1; /* of none: TASKS_NONE */
    for (; place != TASKS_NONE; place = t->places[place].outer) {
        size_t task = t->places[place].task;
        if (task != not_this && task_covers(&t->list[task], lineage, ref, at_ns))
            return task;
    }
    return TASKS_NONE;
}

/* Equal starts stay in the order of their marks. */
static int place_order(const void *a, const void *b)
{
    const struct tasks_place *x = a, *y = b;
    if (x->start_ns != y->start_ns)
        return x->start_ns < y->start_ns ? -1 : 1;
    return (x->task > y->task) - (x->task < y->task);
}

static int tasks_place(struct tasks *t)
{
    t->places = calloc(t->len, sizeof *t->places);
    if (!t->places)
        return -ENOMEM;
    for (size_t i = 0; i < t->len; i++)
        t->places[i] = (struct tasks_place){.start_ns = t->list[i].start_ns, .task = i};
    qsort(t->places, t->len, sizeof *t->places, place_order);
    for (size_t i = 0; i < t->len; i++) {
        size_t outer = i - 1;
        while (outer != TASKS_NONE && t->list[t->places[outer].task].end_ns <= t->places[i].start_ns)
            outer = t->places[outer].outer;
        t->places[i].outer = outer;
    }
    return 0;
}

int tasks_nest(struct tasks *t, const struct lineage *lineage)
{
    int err = t->len ? tasks_place(t) : 0;
    for (size_t i = 0; i < t->len && !err; i++) {
        struct task *task = &t->list[i];
        size_t parent = tasks_innermost(t, lineage, task->owner, task->start_ns, i);
        /* Two that start in the same instant: the one marked first is outside. */
        if (parent != TASKS_NONE && t->list[parent].start_ns == task->start_ns && parent > i)
            parent = TASKS_NONE;
        task->parent = parent;
    }
    return err;
}

size_t tasks_find(const struct tasks *t, const struct lineage *lineage, uint32_t ref, int64_t at_ns)
{
    return tasks_innermost(t, lineage, ref, at_ns, TASKS_NONE);
}
