/* SPDX-License-Identifier: MIT */
/* The marker file -> tasks and marks, and the spans of both. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/own.h"
#include "model/fold.h"
#include "spool/mark_clean.h"

/* Tasks, marks and processes are compared, and the clock on the wall may have been set since the run began: a mark is put
 * where the run's own clock was. One that tells only the wall's is taken to be as far off as the one before it. In a run
 * with time namespaces nobody knows whose CLOCK_MONOTONIC that was. */
static void mend_mark(struct fold *f, struct mark *mark)
{
    const struct clocks *run = &f->gather.clocks;
    bool is_known = mark->mono_ns && mark->mono_ns >= run->from_ns && mark->mono_ns <= run->until_ns;
    int64_t ns;
    if (is_known && !run->len && !__builtin_sub_overflow(mark->time_ns, mark->mono_ns + f->wall_offset_ns, &ns))
        f->stepped_ns = ns;
    if (__builtin_sub_overflow(mark->time_ns, f->stepped_ns, &ns))
        ns = mark->time_ns;
    mark->time_ns = MIN(MAX(ns, 0), SPOOL_WALL_MAX - 1);
}

static int read_marks(struct fold *f, marks_fn each, struct marks_tally *tally)
{
    f->stepped_ns = 0;
    int64_t room = marks_room(f->in->reader->header.limit);
    return f->in->marks_fd < 0 ? 0 : marks_read(f->in->marks_fd, room, each, f, tally);
}

static bool is_of_task(const struct mark *mark)
{
    return mark->verb == MARK_START || mark->verb == MARK_END;
}

/* The mark of a line, in its place, and without secrets if it is to be taken now: finding them is what costs. 0 or -errno. */
static int take_mark(struct fold *f, const struct mark_line *line, bool of_tasks, struct mark_clean *clean)
{
    struct mark mark = line->mark;
    if (line->fault)
        return 0;
    mend_mark(f, &mark);
    return is_of_task(&mark) == of_tasks ? mark_clean_set(clean, &mark, f->in->rules) : 0;
}

/* What began before the run, as marks after the fact may say, is shown from the run's start on. */
static void begin_within(const struct fold *f, struct mark *mark)
{
    if (mark->verb == MARK_START)
        mark->time_ns = MAX(mark->time_ns, f->in->reader->header.start_wall_ns);
}

/* The first reading: starts and ends become tasks. Lines that make no sense are counted by marks_read(). */
static int take_task(void *ctx, const struct mark_line *line)
{
    struct fold *f = ctx;
    auto_mark_clean clean = {0};
    int err = take_mark(f, line, true, &clean);
    if (err || !clean.mark.name)
        return err;
    struct task *closed;
    begin_within(f, &clean.mark);
    err = tasks_add(&f->tasks, &clean.mark, &closed);
    if (!err && closed && clean.mark.value) {
        closed->end_offset = line->offset;
        closed->end_len = (uint32_t)line->len;
    }
    return err;
}

/* The values that an end mark gave its task, as JSON text. They are not kept, for there may be a hundred megabytes of them, but
 * read once more; a file that changed meanwhile has none. 0 or -ENOMEM. */
static int read_values(const struct fold *f, const struct task *task, struct buf *out)
{
    if (!task->end_len)
        return 0;
    struct mark mark;
    auto_mark_clean clean = {0};
    auto_free char *line = malloc((size_t)task->end_len + 1);
    if (!line)
        return -ENOMEM;
    ssize_t got = pread(f->in->marks_fd, line, task->end_len, task->end_offset);
    if (got != (ssize_t)task->end_len || mark_parse(line, task->end_len, &mark) || mark.verb != MARK_END)
        return 0;
    int err = mark_clean_set(&clean, &mark, f->in->rules);
    return err || !clean.mark.value ? err : json_put_typed(out, clean.mark.value);
}

/* Tasks are numbered in the order of their starts in the file: the same in each fold. */
static const char *task_span_id(size_t task, char *out)
{
    if (task == TASKS_NONE)
        return strcpy(out, "run");
    snprintf(out, 24, "t%zu", task + 1);
    return out;
}

/* A task that nobody ended lasts as long as the run, and says so by its witness. */
static int emit_task(struct fold *f, size_t at)
{
    const struct task *task = &f->tasks.list[at];
    char id[24], parent[24];
    auto_buf values = BUF_EMPTY;
    int err = read_values(f, task, &values);
    if (err)
        return err;
    struct span span = fold_span(f, SPAN_TASK);
    int64_t run_end = f->end.end_ns + f->wall_offset_ns;
    bool ended = task->end_ns != INT64_MAX, running = !ended && f->end.by == SPAN_END_RUNNING;
    span.span_id = task_span_id(at, id);
    span.parent_id = task_span_id(task->parent, parent);
    span.name = task->name;
    span.start_ns = task->start_ns;
    span.dur_ns = MAX((ended ? task->end_ns : run_end) - task->start_ns, 0);
    span.end_by = ended ? SPAN_END_MARK : running ? SPAN_END_RUNNING : SPAN_END_RUN;
    if (running)
        span.dur_ns = SPAN_NONE;
    span.pid = task->pid ? task->pid : SPAN_NONE;
    span.ppid = task->ppid ? task->ppid : SPAN_NONE;
    span.task = task->parent == TASKS_NONE ? NULL : f->tasks.list[task->parent].name;
    span.value = values.len ? buf_text(&values) : NULL;
    fold_status(&span, wait_status_of(task->status));
    f->summary->spans_rows++;
    f->summary->tasks++;
    return f->in->emit(f->in->emit_ctx, &span);
}

/* The second reading: values and events go out as they come, since there may be a million of them. By now all tasks are
 * known, also those that end later. */
static int emit_mark(void *ctx, const struct mark_line *line)
{
    struct fold *f = ctx;
    auto_mark_clean clean = {0};
    const struct mark *mark = &clean.mark;
    int err = take_mark(f, line, false, &clean);
    if (err || !mark->name)
        return err;
    char id[24], parent[24];
    auto_buf value = BUF_EMPTY;
    if (mark->value && json_put_typed(&value, mark->value))
        return -ENOMEM;
    struct span span = fold_span(f, SPAN_MARK);
    size_t task = tasks_find(&f->tasks, &f->gather.lineage, 0, mark->time_ns);
    snprintf(id, sizeof id, "m%lld", (long long)line->number);
    span.span_id = id;
    span.parent_id = task_span_id(task, parent);
    span.name = mark->name;
    span.start_ns = mark->time_ns;
    span.end_by = SPAN_END_MARK;
    span.pid = mark->pid ? mark->pid : SPAN_NONE;
    span.ppid = mark->ppid ? mark->ppid : SPAN_NONE;
    span.task = task == TASKS_NONE ? NULL : f->tasks.list[task].name;
    span.value = mark->value ? buf_text(&value) : NULL;
    span.is_set = mark->verb == MARK_SET;
    f->summary->spans_rows++;
    f->summary->marks++;
    return f->in->emit(f->in->emit_ctx, &span);
}

/* When the image or fork child at `ref` ended, in monotonic ns; INT64_MAX when it may have lived on. */
static int64_t owner_end(struct fold *f, uint32_t ref)
{
    struct spool_record *record;
    struct spool_cell cell;
    uint64_t offset = (uint64_t)ref * SPOOL_ALIGN;
    struct spool_end end = {0};
    if (!spool_reader_get(f->in->reader, offset, &record)) {
        if (record->kind == SPOOL_IMAGE)
            end = ((const struct spool_image *)record)->end;
        free(record);
    } else if (!spool_reader_get_cell(f->in->reader, offset, &cell) && cell.kind == SPOOL_CELL_BORN) {
        end = cell.born.end;
    }
    return end.left ? clocks_mend(&f->gather.clocks, ref, end.end_ns) : INT64_MAX;
}

/* A task that is looking for its owner, and the moment that he must have seen. Monotonic. */
struct lift {
    int64_t end_ns;
    size_t task;
};

static int lift_order(const void *a, const void *b)
{
    const struct lift *x = a, *y = b;
    if (x->end_ns != y->end_ns)
        return x->end_ns < y->end_ns ? -1 : 1;
    return (x->task > y->task) - (x->task < y->task);
}

/* The shell of one recipe line marks the start and is gone: the task belongs to who outlives it. By rising ends: who was gone
 * too early for one of them is so for all that follow, and is passed over. */
static void lift_owners(struct fold *f, struct lift *lifts, const struct lineage_skips *gone)
{
    const struct lineage *lineage = &f->gather.lineage;
    for (size_t i = 0; i < f->tasks.len; i++) {
        const struct task *task = &f->tasks.list[i];
        lifts[i] = (struct lift){task->end_ns == INT64_MAX ? f->end.end_ns : task->end_ns - f->wall_offset_ns, i};
    }
    qsort(lifts, f->tasks.len, sizeof *lifts, lift_order);
    for (size_t i = 0; i < f->tasks.len; i++) {
        uint32_t *owner = &f->tasks.list[lifts[i].task].owner;
        while ((*owner = lineage_skips_next(gone, lineage, *owner)) && owner_end(f, *owner) < lifts[i].end_ns)
            lineage_skips_pass(gone, lineage, *owner);
    }
}

static int find_owners(struct fold *f)
{
    if (!f->tasks.len)
        return 0;
    struct lineage_skips gone = {0};
    auto_free struct lift *lifts = calloc(f->tasks.len, sizeof *lifts);
    int err = lifts ? lineage_skips_init(&gone, &f->gather.lineage) : -ENOMEM;
    if (!err)
        lift_owners(f, lifts, &gone);
    free(gone.to);
    return err;
}

/* Who started a task is a pid and a moment; which process that was takes a look over the spool, one for all of them. */
int fold_tasks(struct fold *f)
{
    struct summary_coverage *coverage = &f->summary->coverage;
    struct marks_tally tally = {0};
    int err = read_marks(f, take_task, &tally);
    int64_t ends_of_dropped = MIN(f->tasks.stray_ends, f->tasks.dropped);
    coverage->bad_marks = tally.bad + f->tasks.stray_ends - ends_of_dropped;
    coverage->missed_marks = (int64_t)f->in->reader->header.missed_marks + f->tasks.dropped + ends_of_dropped;
    coverage->unread_mark_bytes = tally.unread_bytes;
    for (size_t i = 0; i < f->tasks.len && !err; i++)
        if (f->tasks.list[i].ppid)
            err = gather_ask(&f->gather, i, f->tasks.list[i].ppid, f->tasks.list[i].start_ns - f->wall_offset_ns);
    if (!err)
        err = gather_answer(&f->gather);
    for (size_t i = 0; i < f->gather.queries_len && !err; i++)
        if (f->gather.queries[i].task)
            f->tasks.list[f->gather.queries[i].asks].owner = f->gather.queries[i].found;
    if (!err)
        err = find_owners(f);
    return err ? err : tasks_nest(&f->tasks, &f->gather.lineage);
}

int fold_marks(struct fold *f)
{
    int err = 0;
    struct marks_tally tally;
    for (size_t i = 0; i < f->tasks.len && !err; i++)
        err = emit_task(f, i);
    return err ? err : read_marks(f, emit_mark, &tally);
}
