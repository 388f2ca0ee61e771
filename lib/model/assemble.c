/* SPDX-License-Identifier: MIT */
/* Drives the fold: look over the spool, read the marks, then fold processes in as many parts as memory asks for. */
#include "model/assemble.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "model/fold_life.h"

static char *copy(const char *text)
{
    return strdup(text ? text : "");
}

/* The run's name, command and folder are those of its first image. */
static int fold_identity(struct fold *f)
{
    struct summary *s = f->summary;
    uint32_t first = f->gather.first;
    auto_free struct spool_image *image = fold_image(f, &first);
    size_t argc = 0;
    auto_free const char **args = image ? fold_args(image, &argc) : NULL;
    const char *exe = image ? spool_image_exe(image) : "";
    const char *runs = *exe ? fold_basename(exe) : argc ? fold_basename(args[0]) : "run";
    s->name = copy(f->in->name && *f->in->name ? f->in->name : runs);
    s->cwd = copy(image ? spool_image_cwd(image) : "");
    if (!s->name || !s->cwd)
        return -ENOMEM;
    return argc ? summary_set_command(s, args, argc) : 0;
}

/* The run's own row; what it says goes into the summary, too, so that the two cannot differ. */
static int emit_run(struct fold *f)
{
    const struct spool_header *h = &f->in->reader->header;
    struct summary *s = f->summary;
    struct span span = fold_span(f, SPAN_RUN);
    span.span_id = "run";
    span.name = s->name;
    span.start_ns = s->start_ns = h->start_wall_ns;
    s->dur_ns = MAX(f->end.end_ns - h->start_mono_ns, 0);
    span.dur_ns = f->end.by == SPAN_END_RUNNING ? SPAN_NONE : s->dur_ns;
    span.end_by = s->end_by = f->end.by;
    fold_status(&span, f->end.status);
    s->exit_code = span.exit_code;
    s->signal = span.signal;
    span.uid = h->uid;
    span.cwd = *s->cwd ? s->cwd : NULL;
    s->spans_rows++;
    return f->in->emit(f->in->emit_ctx, &span);
}

/* What somebody cut off the spool before we could read it. */
static int fold_lost(struct fold *f)
{
    uint32_t times = f->in->reader->header.truncated;
    return times ? blind_add(&f->summary->coverage.blind, BLIND_TRUNCATED, "spool", times) : 0;
}

/* CPU of the run: the leader's own account covers all that it waited for, directly or over others. */
static void fold_totals(struct fold *f)
{
    const struct spool_header *h = &f->in->reader->header;
    struct summary *s = f->summary;
    auto_free struct spool_image *image = fold_fetch_image(f, f->gather.leader_last);
    s->user_us = f->sum_user_us;
    s->sys_us = f->sum_sys_us;
    if (image && !(image->head.flags & SPOOL_IMAGE_DOUBTED)) {
        s->user_us = MAX(s->user_us, (int64_t)image->tree_user_us);
        s->sys_us = MAX(s->sys_us, (int64_t)image->tree_sys_us);
    }
    s->coverage.explained_ns = MIN(intervals_covered(&f->children), s->dur_ns);
    if (s->dur_ns)
        s->coverage.explained_percent = (int64_t)(100.0 * (double)s->coverage.explained_ns / (double)s->dur_ns);
    s->coverage.unpreloaded = (int64_t)f->gather.unseen;
    s->coverage.missed = (int64_t)MIN(h->missed, (uint64_t)INT64_MAX);
    s->coverage.damaged_bytes = (int64_t)f->in->reader->damaged_bytes;
    /* A link that would have closed a circle is one unit that can't be right, as is a record that went away meanwhile. */
    s->coverage.damaged_bytes += ((int64_t)f->gather.lineage.cut + f->lost) * (int64_t)SPOOL_ALIGN;
    s->cost.shim_ns = (int64_t)MIN(f->in->reader->shim_ns, (uint64_t)INT64_MAX);
    s->cost.spool_bytes = (int64_t)f->in->reader->end;
}

/* Ways up with nobody passed over, for the lineage as it is now. */
static int fold_begin_ways(struct fold *f)
{
    free(f->programless.to);
    free(f->rows.to);
    f->rows.to = NULL;
    int err = lineage_skips_init(&f->programless, &f->gather.lineage);
    return err ? err : lineage_skips_init(&f->rows, &f->gather.lineage);
}

/* The order matters: the end decides about tasks that are open, tasks about the processes that belong to them, and totals
 * add up what was emitted. */
static int fold_all(struct fold *f)
{
    const struct spool_header *h = &f->in->reader->header;
    snprintf(f->summary->run_id, sizeof f->summary->run_id, "%s", h->run_id);
    f->wall_offset_ns = h->start_wall_ns - h->start_mono_ns;
    int err = gather_scan(&f->gather, f->in->reader, f->in->noticed_ns, f->in->latest_ns);
    if (!err)
        err = fold_begin_ways(f);
    if (!err)
        err = fold_clocks_find(f);
    if (err)
        return err;
    fold_find_leader_end(f);
    err = fold_identity(f);
    if (!err)
        err = fold_tasks(f);
    if (!err)
        err = fold_begin_ways(f); /* more makers are known by now */
    if (!err)
        err = emit_run(f);
    if (!err)
        err = fold_marks(f);
    if (!err)
        err = fold_processes(f);
    if (err)
        return err;
    fold_totals(f);
    return fold_lost(f);
}

int assemble(const struct assemble *a, struct summary *summary)
{
    struct fold f = {.in = a, .summary = summary, .tasks = TASKS_EMPTY};
    int err = fold_all(&f);
    tasks_release(&f.tasks);
    gather_release(&f.gather);
    intervals_release(&f.children);
    free(f.programless.to);
    free(f.rows.to);
    return err;
}
