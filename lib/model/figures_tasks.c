/* SPDX-License-Identifier: MIT */
/* Which process owns a task, and which task a process belongs to. Rows say the first by pid and moment, the second by name. */
#include <errno.h>
#include <stdlib.h>

#include "base/own.h"
#include "model/figures_parts.h"

/* A task is lifted over so many ancestors of who started it; it is also what bounds the time that this takes. */
#define LIFTS_MAX 1000

/* Earlier tasks of a name that are looked at for the one that a process belongs to. */
#define NAMESAKES_MAX 32

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* All tasks, sorted: f->tasks numbers, the caller's; NULL when out of memory. */
static uint32_t *sorted_tasks(const struct figures *f, figures_compare_fn order)
{
    uint32_t *tasks = malloc((f->tasks + 1) * sizeof *tasks), len = 0;
    for (uint32_t i = 1; tasks && i < f->len; i++)
        if (f->rows[i].flags & FIGURES_TASK)
            tasks[len++] = i;
    if (tasks)
        qsort_r(tasks, len, sizeof *tasks, order, (void *)(uintptr_t)f);
    return tasks;
}

static int by_start_within(const struct figures *f, uint32_t x, uint32_t y)
{
    int order = compare(f->rows[x].start_ns, f->rows[y].start_ns);
    return order ? order : compare(x, y);
}

static int by_pid(const void *a, const void *b, void *ctx)
{
    const struct figures *f = ctx;
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = compare(f->rows[x].pid, f->rows[y].pid);
    return order ? order : by_start_within(f, x, y);
}

static int by_name(const void *a, const void *b, void *ctx)
{
    const struct figures *f = ctx;
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = compare(f->rows[x].key, f->rows[y].key);
    return order ? order : by_start_within(f, x, y);
}

/* Among tasks by pid: the first that is of this pid or a larger one, and of this one started then or later. */
static uint32_t first_of_pid(const struct figures *f, const uint32_t *tasks, const struct figures_row *process)
{
    uint32_t low = 0, high = f->tasks;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct figures_row *task = &f->rows[tasks[middle]];
        if (task->pid < process->pid || (task->pid == process->pid && task->start_ns < process->start_ns))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int figures_tasks_own(const struct figures *f, uint32_t *owners)
{
    auto_free uint32_t *tasks = sorted_tasks(f, by_pid);
    if (!tasks)
        return -ENOMEM;
    for (uint32_t i = 1; i < f->len; i++) {
        const struct figures_row *row = &f->rows[i];
        if (row->flags & FIGURES_TASK || !row->pid)
            continue;
        for (uint32_t t = first_of_pid(f, tasks, row); t < f->tasks; t++) {
            const struct figures_row *task = &f->rows[tasks[t]];
            uint32_t *owner = &owners[tasks[t]];
            if (task->pid != row->pid || task->start_ns > row->end_ns)
                break;
            if (!*owner || f->rows[*owner].start_ns <= row->start_ns)
                *owner = i;
        }
    }
    return 0;
}

/* The shell of one recipe line marks the start and is gone: the task belongs to who outlives it. */
static uint32_t lift(const struct figures *f, uint32_t owner, int64_t end_ns)
{
    for (int lifts = 0; owner && f->rows[figures_last(f, owner)].end_ns < end_ns; lifts++)
        owner = lifts < LIFTS_MAX ? figures_parent_life(f, owner) : FIGURES_RUN;
    return owner;
}

/* Among tasks by name: behind the last one that is of an earlier name, or of this one and had started by then. */
static uint32_t behind(const struct figures *f, const uint32_t *tasks, uint32_t name, int64_t by_ns)
{
    uint32_t low = 0, high = f->tasks;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct figures_row *task = &f->rows[tasks[middle]];
        if (task->key < name || (task->key == name && task->start_ns <= by_ns))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Names repeat: meant is the last one begun that was still open. */
static uint32_t open_task(const struct figures *f, const uint32_t *tasks, const struct figures_row *row)
{
    uint32_t at = behind(f, tasks, row->task, row->start_ns);
    uint32_t last = at && f->rows[tasks[at - 1]].key == row->task ? tasks[at - 1] : FIGURES_RUN;
    for (int i = 0; i < NAMESAKES_MAX && at && f->rows[tasks[at - 1]].key == row->task; i++, at--)
        if (f->rows[tasks[at - 1]].end_ns > row->start_ns)
            return tasks[at - 1];
    if (!last && at < f->tasks && f->rows[tasks[at]].key == row->task)
        last = tasks[at]; /* its mark's clock was a little late */
    return last;
}

int figures_tasks_link(struct figures *f, const uint32_t *owners)
{
    auto_free uint32_t *tasks = sorted_tasks(f, by_name);
    if (!tasks)
        return -ENOMEM;
    for (uint32_t i = 1; i < f->len; i++) {
        struct figures_row *row = &f->rows[i];
        if (!f->tasks) {
            row->task = FIGURES_RUN;
        } else if (row->flags & FIGURES_TASK) {
            row->next = lift(f, f->rows[owners[i]].life, row->end_ns);
            row->task = row->parent;
        } else {
            row->task = row->task ? open_task(f, tasks, row) : FIGURES_RUN;
        }
    }
    return 0;
}
