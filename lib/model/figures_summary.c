/* SPDX-License-Identifier: MIT */
/* Figures -> the lists of a summary. */
#include "model/figures_summary.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/figures_groups.h"
#include "model/figures_path.h"
#include "model/figures_time.h"

static int sum_tasks(const struct figures *f, struct summary *s)
{
    struct figures_task_groups groups;
    int err = figures_group_tasks(f, &groups);
    size_t len = MIN(groups.len, (size_t)SUMMARY_TASKS_MAX);
    if (!err && len)
        s->task_list = calloc(len, sizeof *s->task_list);
    for (size_t i = 0; i < len && !err; i++) {
        const struct figures_task_group *g = &groups.list[i];
        struct summary_task task = {.name = strdup(figures_names_text(&f->task_names, g->name)),
                                    .count = g->count,
                                    .total_ns = g->total_ns,
                                    .longest_ns = g->longest_ns,
                                    .cpu_us = g->cpu_us,
                                    .failed = g->failed};
        err = s->task_list && task.name ? 0 : -ENOMEM;
        if (err)
            free(task.name);
        else
            s->task_list[s->task_list_len++] = task;
    }
    figures_task_groups_release(&groups);
    return err;
}

static int sum_commands(const struct figures *f, const struct figures_groups *groups, struct summary *s)
{
    size_t len = MIN(groups->len, (size_t)SUMMARY_COMMANDS_MAX);
    s->commands = len ? calloc(len, sizeof *s->commands) : NULL;
    for (size_t i = 0; i < len; i++) {
        const struct figures_group *g = &groups->list[i];
        char *name = s->commands ? strdup(figures_names_text(&f->keys, g->key)) : NULL;
        if (!name)
            return -ENOMEM;
        s->commands[s->commands_len++] = (struct summary_command){name, g->count, g->cpu_us, g->self_ns, g->longest_ns};
    }
    return 0;
}

static int by_path(const void *a, const void *b)
{
    const struct figures_group *x = a, *y = b;
    if (x->path_ns != y->path_ns)
        return x->path_ns > y->path_ns ? -1 : 1;
    return (x->key > y->key) - (x->key < y->key);
}

/* Sorts the groups anew. */
static int sum_path(const struct figures *f, struct figures_groups *groups, struct summary *s)
{
    qsort(groups->list, groups->len, sizeof *groups->list, by_path);
    size_t len = MIN(groups->len, (size_t)SUMMARY_SHARES_MAX);
    s->path = len ? calloc(len, sizeof *s->path) : NULL;
    for (size_t i = 0; i < len && groups->list[i].path_ns; i++) {
        const struct figures_group *g = &groups->list[i];
        char *name = s->path ? strdup(figures_names_text(&f->keys, g->key)) : NULL;
        if (!name)
            return -ENOMEM;
        s->path[s->path_len++] = (struct summary_share){name, g->path_count, g->path_ns};
    }
    return 0;
}

static int sum_parallelism(struct figures *f, struct summary *s)
{
    struct figures_parallelism p;
    figures_times(f, NULL);
    int err = figures_parallelism(f, s->parallelism.curve_centi, SUMMARY_CURVE, &p);
    s->parallelism.mean_centi = p.mean_centi;
    s->parallelism.busy_centi = p.busy_centi;
    s->parallelism.idle_ns = p.idle_ns;
    s->has_parallelism = !err;
    return err;
}

int figures_summarize(struct figures *f, struct summary *s)
{
    struct figures_groups groups;
    s->execs = f->exec_count;
    s->exec_ns = f->exec_ns;
    int err = sum_tasks(f, s);
    if (err)
        return err;
    err = figures_group(f, 0, &groups);
    if (!err)
        err = sum_commands(f, &groups, s);
    if (!err)
        err = sum_path(f, &groups, s);
    figures_groups_release(&groups);
    return err ? err : sum_parallelism(f, s);
}
