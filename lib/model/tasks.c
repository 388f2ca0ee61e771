/* SPDX-License-Identifier: MIT */
/* Pairs marks and answers which task covers what. Knows no files and no rows. */
#include "model/tasks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void tasks_release(struct tasks *t)
{
    for (size_t i = 0; i < t->len; i++)
        free(t->list[i].name);
    free(t->list);
    *t = (struct tasks){0};
}

static int tasks_start(struct tasks *t, const struct mark *mark)
{
    if (t->len == TASKS_MAX) {
        t->dropped++;
        return 0;
    }
    if (t->len == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 16;
        struct task *list = realloc(t->list, cap * sizeof *list);
        if (!list)
            return -ENOMEM;
        t->list = list;
        t->cap = cap;
    }
    char *name = strdup(mark->name);
    if (!name)
        return -ENOMEM;
    t->list[t->len++] = (struct task){.name = name, .start_ns = mark->time_ns, .end_ns = INT64_MAX,
                                      .pid = mark->pid, .ppid = mark->ppid, .parent = TASKS_NONE};
    return 0;
}

/* The latest open task of that name; among several, one that the same process started is meant first. */
static struct task *tasks_open(struct tasks *t, const struct mark *mark)
{
    struct task *found = NULL;
    for (size_t i = t->len; i-- > 0;) {
        struct task *task = &t->list[i];
        if (task->end_ns != INT64_MAX || strcmp(task->name, mark->name))
            continue;
        if (mark->ppid && task->ppid == mark->ppid)
            return task;
        if (!found)
            found = task;
    }
    return found;
}

int tasks_add(struct tasks *t, const struct mark *mark)
{
    if (mark->verb == MARK_START)
        return tasks_start(t, mark);
    if (mark->verb != MARK_END)
        return 0;
    struct task *task = tasks_open(t, mark);
    if (task)
        task->end_ns = mark->time_ns < task->start_ns ? task->start_ns : mark->time_ns;
    else
        t->stray_ends++;
    return 0;
}

/* The task `i` covers a process `ref` that starts at `at_ns`. */
static int task_covers(const struct task *task, const struct lineage *lineage, uint32_t ref, int64_t at_ns)
{
    if (at_ns < task->start_ns || at_ns >= task->end_ns)
        return 0;
    return !task->owner || !ref || lineage_is_within(lineage, ref, task->owner);
}

static size_t tasks_innermost(const struct tasks *t, const struct lineage *lineage, uint32_t ref, int64_t at_ns,
                              size_t not_this)
{
    size_t found = TASKS_NONE;
    for (size_t i = 0; i < t->len; i++) {
        if (i == not_this || !task_covers(&t->list[i], lineage, ref, at_ns))
            continue;
        if (found == TASKS_NONE || t->list[i].start_ns >= t->list[found].start_ns)
            found = i;
    }
    return found;
}

void tasks_nest(struct tasks *t, const struct lineage *lineage)
{
    for (size_t i = 0; i < t->len; i++) {
        struct task *task = &t->list[i];
        size_t parent = tasks_innermost(t, lineage, task->owner, task->start_ns, i);
        /* Two that start in the same instant: the one marked first is outside. */
        if (parent != TASKS_NONE && t->list[parent].start_ns == task->start_ns && parent > i)
            parent = TASKS_NONE;
        task->parent = parent;
    }
}

size_t tasks_find(const struct tasks *t, const struct lineage *lineage, uint32_t ref, int64_t at_ns)
{
    return tasks_innermost(t, lineage, ref, at_ns, TASKS_NONE);
}
