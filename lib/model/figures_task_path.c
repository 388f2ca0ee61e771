/* SPDX-License-Identifier: MIT */
/* The path cut by tasks. A process started in a task belongs to it as long as the task is open; and the one that has started a
 * task does so itself, as does everybody if nobody knows who has. */
#include "model/figures_task_path.h"

#include <errno.h>
#include <stdlib.h>

#include "base/own.h"
#include "model/figures_groups.h"
#include "model/figures_parts.h"
#include "model/figures_path.h"

/* Earlier tasks of an owner that are looked at, and tasks around a task. */
#define LOOKS_MAX 32

/* The tasks of each owner, by start. */
struct cutting {
    const struct figures *f;
    uint32_t *tasks, *tasks_at;
    figures_task_path_fn each;
    void *ctx;
};

/* The task that is open just before a moment, and since when nothing has changed about that. */
struct open {
    uint32_t task;
    int64_t since_ns;
};

static int by_start(const void *a, const void *b, void *ctx)
{
    const struct figures *f = ctx;
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int64_t p = f->rows[x].start_ns, q = f->rows[y].start_ns;
    return p != q ? (p > q) - (p < q) : (x > y) - (x < y);
}

static uint32_t owner_of(const struct figures *f, uint32_t row)
{
    return f->rows[row].flags & FIGURES_TASK ? f->rows[row].next : UINT32_MAX;
}

/* Note that a task may be it. One that has ended is not, and was until then. */
static bool look_at(const struct figures *f, uint32_t task, int64_t at_ns, struct open *open)
{
    const struct figures_row *row = &f->rows[task];
    if (row->start_ns >= at_ns)
        return false; /* a process was started in it just before it began: its mark's clock was late */
    if (row->end_ns < at_ns) {
        open->since_ns = MAX(open->since_ns, row->end_ns);
        return false;
    }
    open->task = task;
    open->since_ns = MAX(open->since_ns, row->start_ns);
    return true;
}

/* Among the tasks of one owner: the last one started that is open. */
static struct open open_of(const struct cutting *c, uint32_t owner, int64_t at_ns)
{
    const uint32_t *tasks = c->tasks + c->tasks_at[owner];
    uint32_t low = 0, high = c->tasks_at[owner + 1] - c->tasks_at[owner];
    struct open open = {FIGURES_RUN, 0};
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (c->f->rows[tasks[middle]].start_ns < at_ns)
            low = middle + 1;
        else
            high = middle;
    }
    for (int i = 0; i < LOOKS_MAX && low; i++)
        if (look_at(c->f, tasks[--low], at_ns, &open))
            break;
    return open;
}

/* The task that a process was started in, or the nearest around it that is still open. */
static struct open open_around(const struct figures *f, uint32_t task, int64_t at_ns)
{
    struct open open = {FIGURES_RUN, 0};
    for (int i = 0; i < LOOKS_MAX && task; i++, task = f->rows[task].parent)
        if (look_at(f, task, at_ns, &open))
            break;
    return open;
}

/* Both at once: the one that started last. */
static struct open inner_of(const struct figures *f, struct open a, struct open b)
{
    bool is_a = a.task && (!b.task || f->rows[a.task].start_ns >= f->rows[b.task].start_ns);
    return (struct open){is_a ? a.task : b.task, MAX(a.since_ns, b.since_ns)};
}

static int cut(void *ctx, const struct figures_piece *piece)
{
    const struct cutting *c = ctx;
    const struct figures_row *row = &c->f->rows[piece->row];
    int stop = 0;
    for (int64_t at_ns = piece->to_ns; at_ns > piece->from_ns && !stop;) {
        struct open open = open_around(c->f, row->task, at_ns);
        open = inner_of(c->f, open_of(c, row->life, at_ns), open);
        if (row->life != FIGURES_RUN)
            open = inner_of(c->f, open_of(c, FIGURES_RUN, at_ns), open);
        int64_t from_ns = MAX(open.since_ns, piece->from_ns);
        stop = c->each(c->ctx, open.task, at_ns - from_ns);
        at_ns = from_ns;
    }
    return stop;
}

int figures_task_path(const struct figures *f, figures_task_path_fn each, void *ctx)
{
    auto_free uint32_t *tasks = malloc((f->tasks + 1) * sizeof *tasks);
    auto_free uint32_t *tasks_at = malloc((f->len + 1) * sizeof *tasks_at);
    struct cutting c = {f, tasks, tasks_at, each, ctx};
    if (!tasks || !tasks_at)
        return -ENOMEM;
    figures_bucket(f, owner_of, tasks_at, tasks);
    for (uint32_t i = 0; i < f->len; i++)
        if (tasks_at[i + 1] - tasks_at[i] > 1)
            qsort_r(tasks + tasks_at[i], tasks_at[i + 1] - tasks_at[i], sizeof *tasks, by_start, (void *)(uintptr_t)f);
    return figures_path_walk(f, cut, &c);
}

static int add_to_row(void *ctx, uint32_t task, int64_t ns)
{
    int64_t *sums = ctx;
    sums[task] += ns;
    return 0;
}

int figures_path_by_task(const struct figures *f, int64_t *ns)
{
    return figures_task_path(f, add_to_row, ns);
}
