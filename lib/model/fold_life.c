/* SPDX-License-Identifier: MIT */
/* One life -> its spans. */
#include "model/fold_life.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/own.h"
#include "spool/segment.h"

/* A fork child that lived this long before it exec'd is a span of its own: it did something. */
#define FORK_WORTH_NS (10 * INT64_C(1000000))

static uint64_t ref_offset(uint32_t ref)
{
    return (uint64_t)ref * SPOOL_ALIGN;
}

/* Who noted the birth; else whom the first image names; else who reaped it. */
static uint32_t life_parent(const struct fold *f, const struct life *life)
{
    const struct lineage *lineage = &f->gather.lineage;
    if (life->born)
        return lineage_up(lineage, life->born->ref);
    uint32_t up = life->images_len ? lineage_up(lineage, life->images[0].ref) : 0;
    return up || !life->reap ? up : lineage_known(lineage, life->reap->owner);
}

/* Whether the row `ref` may stand below that of `parent`. Programs of one process all stand below who started it, whomever each
 * of them names: so rows could go in circles where the lineage does not. */
static bool may_stand_below(const struct fold *f, uint32_t ref, uint32_t parent)
{
    return lineage_skips_next(&f->rows, &f->gather.lineage, parent) != ref;
}

/* The parent for the rows of a life, which is the run where any other one would close a circle, or is nobody. What was reaped
 * and did nothing else has a row, too, but can't have made anybody. */
static uint32_t life_place(struct fold *f, const struct life *life, uint32_t parent)
{
    parent = lineage_known(&f->gather.lineage, parent);
    bool fits = !life->born || may_stand_below(f, life->born->ref, parent);
    for (size_t i = 0; i < life->images_len && fits; i++)
        fits = may_stand_below(f, life->images[i].ref, parent);
    f->gather.lineage.cut += parent && !fits;
    if (!parent || !fits)
        return 0;
    if (life->born)
        fits = lineage_skips_lead(&f->rows, &f->gather.lineage, life->born->ref, parent);
    for (size_t i = 0; i < life->images_len; i++)
        fits = lineage_skips_lead(&f->rows, &f->gather.lineage, life->images[i].ref, parent);
    return parent;
}

/* The cells that the events of a life refer to: how it was born, how it was reaped. They were good in the scan; but what they
 * say now is another reading, and the run may be going on. */
static void life_fetch(struct fold *f, const struct life *life, struct life_facts *facts)
{
    struct spool_reader *reader = f->in->reader;
    *facts = (struct life_facts){
        .life = life, .parent = life_place(f, life, life_parent(f, life)), .status = WAIT_STATUS_UNKNOWN};
    if (life->reap) {
        int err = spool_reader_get_cell(reader, ref_offset(life->reap->ref), &facts->reap);
        facts->has_reap = !err && spool_cell_is_good(&facts->reap) && spool_cell_is_reap(&facts->reap);
        f->lost += !facts->has_reap;
    }
    if (facts->has_reap) {
        clocks_mend_cell(&f->gather.clocks, &facts->reap, life->reap->ref, life->reap->owner);
        facts->has_usage = facts->reap.kind == SPOOL_CELL_REAP;
        facts->status = facts->reap.reap.status;
    }
    if (life->born) {
        int err = spool_reader_get_cell(reader, ref_offset(life->born->ref), &facts->born);
        bool is_good = !err && spool_cell_is_good(&facts->born) && facts->born.kind == SPOOL_CELL_BORN;
        f->lost += !is_good;
        if (!is_good)
            facts->born = (struct spool_cell){.kind = SPOOL_CELL_BORN, .born.start_ns = life->born->time_ns};
        else
            clocks_mend_cell(&f->gather.clocks, &facts->born, life->born->ref, life->born->owner);
    }
}

/* Note that a child of the first process ran then. Monotonic; INT64_MAX when it still does. */
static int explain(struct fold *f, uint32_t parent, int64_t start_ns, int64_t end_ns)
{
    if (!gather_is_root(&f->gather, parent))
        return 0;
    return intervals_add(&f->children, MAX(start_ns, f->in->reader->header.start_mono_ns), MIN(end_ns, f->end.end_ns));
}

/* Ids are references into the spool: unique within a run, the same in each fold, and free. */
static int emit_process(struct fold *f, struct span *span, uint32_t ref, uint32_t parent)
{
    int err = fold_clock_row(f, span, ref, parent);
    if (err)
        return err;
    int64_t start = span->start_ns - f->wall_offset_ns;
    err = explain(f, parent, start, span->dur_ns == SPAN_NONE ? INT64_MAX : start + span->dur_ns);
    if (err)
        return err;
    char id[16], parent_id[16];
    span->span_id = fold_span_id(ref, id);
    span->parent_id = fold_span_id(parent, parent_id);
    size_t task = tasks_find(&f->tasks, &f->gather.lineage, ref, span->start_ns);
    span->task = task == TASKS_NONE ? NULL : f->tasks.list[task].name;
    span->start_ns = MAX(span->start_ns, 0); /* the run's own start makes no sense, or this one */
    f->summary->spans_rows++;
    return f->in->emit(f->in->emit_ctx, span);
}

/* What it runs: texts of `image`, and a list of its arguments that the caller frees, may be NULL. The name is that of the file,
 * not args[0], which a program may choose; only where no file is known it has to do. */
static const char **describe_program(struct span *span, const struct spool_image *image)
{
    size_t argc = 0;
    const char **args = fold_args(image, &argc);
    span->exe = spool_image_exe(image);
    span->cwd = *spool_image_cwd(image) ? spool_image_cwd(image) : NULL;
    span->name = *span->exe ? fold_basename(span->exe) : argc ? fold_basename(args[0]) : "unseen";
    span->args = args;
    span->argc = argc;
    span->args_cut = (image->head.flags & SPOOL_IMAGE_ARGS_CUT) != 0;
    span->uid = image->uid;
    return args;
}

/* When the image at `at` began: as it was told, unless that was said of the image before it, or is earlier than that. A
 * shell that libc made was told nothing: it began with the call; and so did a child of forkpty. */
static int64_t image_start(const struct life_facts *facts, size_t at)
{
    const struct life *life = facts->life;
    const struct event *image = &life->images[at];
    if (!at && facts->has_system)
        return facts->system.start_ns;
    if (!at && life->born && !((life->born->flags & EVENT_FORK) | (image->flags & EVENT_TOLD)))
        return MIN(life->born->time_ns, image->start_ns);
    return at && image->start_ns < life->images[at - 1].time_ns ? image->time_ns : image->start_ns;
}

/* Whose work this run did not see, or not all of. */
static int note_blind(struct fold *f, const struct spool_image *image, const struct span *span)
{
    static const enum blind_cause causes[] = {
        [GATE_STATIC] = BLIND_STATIC,       [GATE_FOREIGN] = BLIND_FOREIGN,   [GATE_SANITIZER] = BLIND_SANITIZER,
        [GATE_LIBCLESS] = BLIND_LIBCLESS,   [GATE_CAPS] = BLIND_PRIVILEGED,   [GATE_SECURE] = BLIND_PRIVILEGED,
        [GATE_INVISIBLE] = BLIND_ELSEWHERE, [GATE_FILTERED] = BLIND_FILTERED, [GATE_EMULATOR] = BLIND_EMULATOR,
        [GATE_DOUBTFUL] = BLIND_DOUBTFUL,   [GATE_UNEDITED] = BLIND_UNEDITED,
    };
    unsigned why = (image->head.flags & SPOOL_IMAGE_WHY) >> SPOOL_WHY_SHIFT;
    enum blind_cause cause = why < ARRAY_LEN(causes) ? causes[why] : BLIND_NONE;
    const char *client = blind_client(span->name, span->argc > 1 ? span->args[1] : NULL, &cause);
    return blind_add(&f->summary->coverage.blind, cause, client ? client : span->name, 1);
}

/* It called exec, which did not fail, and what it became has left no record. A program that is not preloaded has one, written
 * before; so this is one that was kept from the library behind our back, or was killed before it came to it. */
static int note_silent(struct fold *f, const struct spool_end *end, const char *name)
{
    return end->exec_ns && !end->left ? blind_add(&f->summary->coverage.blind, BLIND_SILENT, name, 1) : 0;
}

/* The call of its parent, by the parent's clock, that the shell of a life without any other birth came from. */
static void find_system(struct fold *f, struct life_facts *facts, const struct spool_image *image)
{
    const struct clocks *clocks = &f->gather.clocks;
    int64_t start_ns = image->start_ns + clocks_ahead(clocks, facts->parent);
    const struct system_shell shell = {.parent = facts->parent, .start_ns = start_ns, .end = image->end};
    const struct system_call *call = systems_find(&f->gather.systems, &shell);
    if (!call)
        return;
    facts->has_system = true;
    facts->system = *call;
    facts->system.start_ns = clocks_mend(clocks, facts->parent, call->start_ns);
    facts->system.end_ns = clocks_mend(clocks, facts->parent, call->end_ns);
}

/* The image that a fork child runs, which is its parent's. */
static struct spool_image *fold_inherited(struct fold *f, const struct life_facts *facts, struct span *span)
{
    uint32_t ref = facts->parent;
    struct spool_image *image = fold_image(f, &ref);
    span->program = image ? ref : 0;
    return image;
}

/* Counters of a process run on over exec: each image gets what it added. */
static void take_share(struct span *span, int64_t cpu_before[2])
{
    if (span->user_us == SPAN_NONE)
        return;
    int64_t user = span->user_us, sys = span->sys_us;
    span->user_us = MAX(user - cpu_before[0], 0);
    span->sys_us = MAX(sys - cpu_before[1], 0);
    cpu_before[0] = user;
    cpu_before[1] = sys;
}

static bool is_last(const struct life *life, size_t at)
{
    return at + 1 == life->images_len;
}

/* When it began, by whatever was there to see it, and how it ended: the last image has the process's end, those before end by
 * the next one's start. */
static void image_times(struct fold *f, struct span *span, struct life_facts *facts, size_t at,
                        const struct spool_image *image)
{
    const struct life *life = facts->life;
    const unsigned not_loaded = SPOOL_IMAGE_UNSEEN | SPOOL_IMAGE_FORKED;
    if (life->images_len == 1 && !life->reap && !(life->images[0].flags & EVENT_TOLD))
        find_system(f, facts, image);
    int64_t start = image_start(facts, at);
    span->start_ns = start + f->wall_offset_ns;
    if (image->head.flags & SPOOL_IMAGE_START_SEEN && !(image->head.flags & not_loaded))
        span->load_ns = MAX(image->ready_ns - start, 0);
    if (!is_last(life, at)) {
        fold_end_at(span, start, image_start(facts, at + 1), SPAN_END_EXEC);
        return;
    }
    uint32_t ref = life->images[at].ref;
    int64_t seen_ns = MAX(image->ready_ns, image->end.exec_ns);
    fold_end_life(f, span, facts, &(struct own_end){start, image->end, seen_ns, ref});
    fold_end_leader(f, span, ref, start);
}

/* One row for each program that a process ran. */
static int life_image(struct fold *f, struct life_facts *facts, size_t at, int64_t cpu_before[2])
{
    uint32_t ref = facts->life->images[at].ref;
    auto_free struct spool_image *image = fold_fetch_image(f, ref);
    if (!image) {
        f->lost++;
        return 0;
    }
    clocks_mend_image(&f->gather.clocks, image, ref);
    struct span span = fold_span(f, SPAN_PROCESS);
    span.forked = (image->head.flags & SPOOL_IMAGE_FORKED) != 0;
    auto_free struct spool_image *program = span.forked ? fold_inherited(f, facts, &span) : NULL;
    auto_free const char **args = describe_program(&span, program ? program : image);
    (void)args; /* the span has them until they are freed */
    span.pid = image->pid;
    span.ppid = image->ppid;
    image_times(f, &span, facts, at, image);
    if (!is_last(facts->life, at) || !facts->has_usage)
        fold_own_cpu(&span, image);
    take_share(&span, cpu_before);
    int err = note_blind(f, image, &span);
    if (!err && is_last(facts->life, at)) {
        fold_count_process(f, &span);
        err = note_silent(f, &image->end, span.name);
    }
    return err ? err : emit_process(f, &span, ref, facts->parent);
}

/* A child that ran on as a copy of its parent; `until` is the exec that ended that, or NULL. */
static int life_fork(struct fold *f, const struct life_facts *facts, const struct event *until)
{
    const struct life *life = facts->life;
    const struct event *known = life->born ? life->born : life->reap;
    struct span span = fold_span(f, SPAN_PROCESS);
    /* A spawned child without a record of its own ran something, but not what its parent runs. */
    span.forked = !life->born || life->born->flags & EVENT_FORK;
    auto_free struct spool_image *program = span.forked ? fold_inherited(f, facts, &span) : NULL;
    span.name = "unseen";
    auto_free const char **args = program ? describe_program(&span, program) : NULL;
    (void)args;
    const struct spool_cell *cell = life->born ? &facts->born : &facts->reap;
    span.pid = life->born && cell->born.self_pid ? cell->born.self_pid : cell->pid;
    span.ppid = fold_pid(f, facts->parent);
    span.start_ns = known->time_ns + f->wall_offset_ns;
    struct own_end own = {.start_ns = known->time_ns, .last_ns = known->time_ns};
    if (life->born) {
        own.said = cell->born.end;
        own.ref = life->born->ref;
    }
    int err = 0;
    if (until) {
        fold_end_at(&span, known->time_ns, until->start_ns, SPAN_END_EXEC);
    } else {
        fold_end_life(f, &span, facts, &own);
        fold_count_process(f, &span);
        err = note_silent(f, &own.said, span.name);
    }
    return err ? err : emit_process(f, &span, known->ref, facts->parent);
}

int fold_life(void *ctx, const struct life *life)
{
    struct fold *f = ctx;
    struct life_facts facts;
    int err = 0;
    life_fetch(f, life, &facts);
    if (!life->images_len)
        return life_fork(f, &facts, NULL);
    const struct event *born = life->born, *first = &life->images[0];
    if (born)
        err = explain(f, facts.parent, born->time_ns, first->start_ns);
    if (!err && born && born->flags & EVENT_FORK &&
        (lineage_is_parent(&f->gather.lineage, born->ref) || first->start_ns - born->time_ns >= FORK_WORTH_NS))
        err = life_fork(f, &facts, first);
    int64_t cpu_before[2] = {0, 0};
    for (size_t i = 0; i < life->images_len && !err; i++)
        err = life_image(f, &facts, i, cpu_before);
    return err;
}
