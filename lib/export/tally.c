/* SPDX-License-Identifier: MIT */
/* The digest with what formats for machines need besides: of each task whether it failed. */
#include "export/tally.h"

#include <errno.h>
#include <stdlib.h>

#include "export/words.h"

#define ROWS_MAX 250000u /* as of the page */

int tally_init(struct export *e)
{
    struct tally *tally = e->state;
    const struct summary *s = e->summary;
    const struct words_end end = {s->end_by, s->exit_code, s->signal};
    int64_t until_ns = 0;
    if (s->dur_ns == SPAN_NONE || __builtin_add_overflow(s->start_ns, s->dur_ns, &until_ns))
        until_ns = 0;
    const struct digest_options options = {.until_ns = until_ns, .rows_max = ROWS_MAX};
    tally->run_failed = words_failed(&end);
    return digest_init(&tally->digest, s, &options);
}

int tally_plan(struct export *e, const struct span *span)
{
    struct tally *tally = e->state;
    return digest_add(&tally->digest, span);
}

void tally_release(struct export *e)
{
    struct tally *tally = e->state;
    digest_release(&tally->digest);
    free(tally->failed);
    free(tally->failed_by_name);
}

bool tally_is_task(const struct tally *tally, uint32_t row)
{
    return row != FIGURES_RUN && tally->digest.figures.rows[row].flags & FIGURES_TASK;
}

bool tally_process_failed(const struct tally *tally, uint32_t row)
{
    const struct figures *f = &tally->digest.figures;
    const struct figures_row *r = &f->rows[row];
    return row != FIGURES_RUN && !(r->flags & FIGURES_TASK) && figures_failed(r) &&
           f->rows[r->life].flags & FIGURES_WENT_ON && figures_last(f, r->life) == row;
}

/* What is in a task is in those around it, too. */
static void blame_tasks(struct tally *tally, uint32_t task)
{
    for (; task != FIGURES_RUN && !tally->failed[task]; task = tally->digest.figures.rows[task].parent)
        tally->failed[task] = true;
}

static void judge_task(struct tally *tally, uint32_t row)
{
    const struct figures_row *task = &tally->digest.figures.rows[row];
    if (task->flags & FIGURES_STATUS)
        tally->failed[row] = figures_failed(task);
    else if (tally->run_failed && task->flags & (FIGURES_RUNS | FIGURES_LEAST))
        tally->failed[row] = true;
    tally->failed_by_name[task->key] += tally->failed[row];
}

int tally_finish(struct tally *tally)
{
    const struct figures *f = &tally->digest.figures;
    int err = digest_finish(&tally->digest);
    if (err)
        return err;
    tally->failed = calloc(f->len, sizeof *tally->failed);
    tally->failed_by_name = calloc(f->task_names.len + 1, sizeof *tally->failed_by_name);
    if (!tally->failed || !tally->failed_by_name)
        return -ENOMEM;
    for (uint32_t i = 1; i < f->len; i++)
        if (tally_process_failed(tally, i))
            blame_tasks(tally, f->rows[i].task);
    for (uint32_t i = 1; i < f->len; i++)
        if (tally_is_task(tally, i))
            judge_task(tally, i);
    return 0;
}

void tally_put_seconds(struct buf *out, int64_t ns)
{
    int64_t ms = MAX(ns, 0) / 1000000;
    buf_printf(out, "%lld.%03d", (long long)(ms / 1000), (int)(ms % 1000));
}
