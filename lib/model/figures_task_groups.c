/* SPDX-License-Identifier: MIT */
/* Sums by task: what is in each, handed up to those around it and brought together by name. */
#include <errno.h>
#include <stdlib.h>

#include "base/own.h"
#include "model/figures_groups.h"
#include "model/figures_task_path.h"
#include "model/figures_time.h"

/* Tasks in tasks; the bound is for time. */
#define NESTED_MAX 100

/* What is in a task, and in none within it. */
struct contents {
    uint32_t task;
    int64_t processes, cpu_us, work_ns, path_ns;
};

/* Being summed. The first of the contents is of no task. */
struct summing {
    const struct figures *f;
    struct contents *list; /* by row of the task */
    uint32_t len;
    struct figures_task_group *groups; /* by name */
};

static struct contents *contents_of(const struct summing *s, uint32_t task)
{
    uint32_t low = 0, high = s->len - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (s->list[middle].task < task)
            low = middle + 1;
        else
            high = middle;
    }
    return &s->list[low];
}

static void add_to(int64_t *sum, int64_t more)
{
    if (__builtin_add_overflow(*sum, more, sum))
        *sum = INT64_MAX;
}

static int take_self(void *ctx, uint32_t row, int64_t from_ns, int64_t to_ns)
{
    const struct summing *s = ctx;
    if (row != FIGURES_RUN)
        add_to(&contents_of(s, s->f->rows[row].task)->work_ns, to_ns - from_ns);
    return 0;
}

static int take_path(void *ctx, uint32_t task, int64_t ns)
{
    const struct summing *s = ctx;
    contents_of(s, task)->path_ns += ns;
    return 0;
}

static int find_contents(struct summing *s)
{
    const struct figures *f = s->f;
    s->list = calloc(f->tasks + 1, sizeof *s->list);
    if (!s->list)
        return -ENOMEM;
    s->len = 1;
    for (uint32_t i = 1; i < f->len; i++)
        if (f->rows[i].flags & FIGURES_TASK)
            s->list[s->len++].task = i;
    for (uint32_t i = 1; i < f->len; i++) {
        struct contents *c = f->rows[i].flags & FIGURES_TASK ? NULL : contents_of(s, f->rows[i].task);
        if (!c)
            continue;
        c->processes++;
        add_to(&c->cpu_us, figures_cpu_us(&f->rows[i]));
    }
    int err = figures_each_stretch(f, take_self, s);
    return err ? err : figures_task_path(f, take_path, s);
}

/* Whether a task between this one and `outer` has its name. */
static bool is_repeated(const struct figures *f, uint32_t task, uint32_t outer)
{
    for (; task != outer; task = f->rows[task].parent)
        if (f->rows[task].key == f->rows[outer].key)
            return true;
    return false;
}

/* To the names of the task and of all around it, to each once. */
static void hand_up(const struct summing *s, const struct contents *c)
{
    const struct figures *f = s->f;
    uint32_t task = c->task;
    for (int i = 0; task && i < NESTED_MAX; i++, task = f->rows[task].parent) {
        struct figures_task_group *group = &s->groups[f->rows[task].key];
        if (is_repeated(f, c->task, task))
            continue;
        group->processes += c->processes;
        add_to(&group->cpu_us, c->cpu_us);
        add_to(&group->work_ns, c->work_ns);
        group->path_ns += c->path_ns;
    }
}

static void take_task(struct figures_task_group *group, const struct figures *f, uint32_t task)
{
    const struct figures_row *row = &f->rows[task];
    int64_t dur_ns = figures_dur_ns(row);
    group->count++;
    group->failed += figures_failed(row);
    group->least += (row->flags & (FIGURES_LEAST | FIGURES_RUNS)) != 0;
    add_to(&group->total_ns, dur_ns);
    if (!group->longest || dur_ns > group->longest_ns) {
        group->longest = task;
        group->longest_ns = dur_ns;
    }
}

static int by_total(const void *a, const void *b)
{
    const struct figures_task_group *x = a, *y = b;
    if (x->total_ns != y->total_ns)
        return x->total_ns > y->total_ns ? -1 : 1;
    return (x->name > y->name) - (x->name < y->name);
}

static int sum_up(struct summing *s)
{
    const struct figures *f = s->f;
    int err = find_contents(s);
    for (uint32_t i = 0; i < f->task_names.len; i++)
        s->groups[i].name = i;
    for (uint32_t i = 1; i < s->len && !err; i++) {
        take_task(&s->groups[f->rows[s->list[i].task].key], f, s->list[i].task);
        hand_up(s, &s->list[i]);
    }
    return err;
}

int figures_group_tasks(const struct figures *f, struct figures_task_groups *out)
{
    *out = (struct figures_task_groups){.list = calloc(f->task_names.len + 1, sizeof *out->list)};
    struct summing s = {.f = f, .groups = out->list};
    if (!out->list)
        return -ENOMEM;
    int err = f->tasks ? sum_up(&s) : 0;
    for (uint32_t i = 0; i < f->task_names.len && !err; i++)
        if (out->list[i].count)
            out->list[out->len++] = out->list[i];
    qsort(out->list, out->len, sizeof *out->list, by_total);
    free(s.list);
    return err;
}

void figures_task_groups_release(struct figures_task_groups *groups)
{
    free(groups->list);
    *groups = (struct figures_task_groups){0};
}
