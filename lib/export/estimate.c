/* SPDX-License-Identifier: MIT */
/* Medians of earlier runs, and what the tasks of this one make of them. */
#include "export/estimate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TIME_MAX (INT64_C(1) << 60) /* of one figure: beyond that it is damage, and sums of them stay in range */

static void run_release(struct estimate_run *run)
{
    for (size_t i = 0; i < run->tasks_len; i++)
        free(run->tasks[i].name);
    free(run->tasks);
    *run = (struct estimate_run){0};
}

void history_release(struct history *h)
{
    for (size_t i = 0; i < h->len; i++)
        run_release(&h->runs[i]);
    h->len = 0;
}

bool history_is_full(const struct history *h)
{
    return h->len == ESTIMATE_RUNS;
}

static bool went_well(const struct summary *s)
{
    return s->end_by != SPAN_END_RUNNING && s->exit_code == 0 && s->signal == SPAN_NONE && s->dur_ns > 0 &&
           s->dur_ns < TIME_MAX;
}

static int copy_tasks(struct estimate_run *run, const struct summary *s)
{
    run->tasks = calloc(s->task_list_len ? s->task_list_len : 1, sizeof *run->tasks);
    for (size_t i = 0; run->tasks && i < s->task_list_len; i++) {
        struct summary_task *task = &run->tasks[run->tasks_len];
        *task = s->task_list[i];
        task->name = strdup(s->task_list[i].name);
        if (!task->name)
            return -ENOMEM;
        run->tasks_len++;
    }
    return run->tasks ? 0 : -ENOMEM;
}

int history_add(struct history *h, const char *name, const struct summary *s)
{
    if (history_is_full(h) || !s->name || strcmp(s->name, name) || !went_well(s))
        return 0;
    struct estimate_run run = {.dur_ns = s->dur_ns};
    int err = copy_tasks(&run, s);
    if (err)
        run_release(&run);
    else
        h->runs[h->len++] = run;
    return err;
}

static int order(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Of an even number the mean of the two in the middle. */
static int64_t median(int64_t *list, size_t len)
{
    qsort(list, len, sizeof *list, order);
    int64_t low = list[(len - 1) / 2], high = list[len / 2];
    return low + (high - low) / 2;
}

static const struct summary_task *find_task(const struct estimate_run *run, const char *name)
{
    for (size_t i = 0; i < run->tasks_len; i++)
        if (!strcmp(run->tasks[i].name, name))
            return &run->tasks[i];
    return NULL;
}

static int64_t bounded(int64_t ns)
{
    return MIN(MAX(ns, 0), TIME_MAX);
}

/* By how much the tasks of one name move the end. A name that fewer than half of the runs have says nothing. */
static int64_t moved_by(const struct history *h, const struct live_name *name, int64_t as_of_ns)
{
    int64_t totals[ESTIMATE_RUNS], counts[ESTIMATE_RUNS];
    size_t len = 0;
    for (size_t i = 0; i < h->len; i++) {
        const struct summary_task *task = find_task(&h->runs[i], name->name);
        if (!task)
            continue;
        totals[len] = bounded(task->total_ns);
        counts[len++] = bounded(task->count);
    }
    if (!len || len * 2 < h->len)
        return 0;
    bool is_open = name->open_since_ns != SPAN_NONE;
    int64_t so_far = bounded(name->ended_ns) + (is_open ? bounded(as_of_ns - MAX(name->open_since_ns, 0)) : 0);
    int64_t by_ns = so_far - median(totals, len);
    return by_ns > 0 || (!is_open && name->count >= median(counts, len)) ? by_ns : 0;
}

static int64_t moved_by_tasks(const struct history *h, const struct live *l)
{
    int64_t sum = 0;
    for (size_t i = 0; i < l->names_len && !l->overlap; i++)
        if (__builtin_add_overflow(sum, moved_by(h, &l->names[i], l->as_of_ns), &sum))
            return 0;
    return sum;
}

struct estimate history_estimate(const struct history *h, const struct live *l)
{
    int64_t durations[ESTIMATE_RUNS], total_ns;
    if (!h->len)
        return (struct estimate){0};
    for (size_t i = 0; i < h->len; i++)
        durations[i] = h->runs[i].dur_ns;
    struct estimate e = {.runs = (int64_t)h->len, .usual_ns = median(durations, h->len)};
    if (__builtin_add_overflow(e.usual_ns, moved_by_tasks(h, l), &total_ns))
        total_ns = e.usual_ns;
    e.total_ns = MAX(total_ns, 1);
    e.left_ns = e.total_ns - bounded(l->as_of_ns - l->start_ns);
    return e;
}
