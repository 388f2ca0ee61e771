/* SPDX-License-Identifier: MIT */
/* One life -> its spans. Decides which witness is believed for what:
 *   the kernel, through the parent's wait, for status, signal and resource usage;
 *   the process itself for the moment of its end;
 *   the next image for the end of the one before. */
#include "model/fold.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/own.h"
#include "spool/segment.h"

/* A fork child that lived this long before it exec'd is a span of its own: it did something. */
#define FORK_WORTH_NS (10 * INT64_C(1000000))

/* Everything known of a life, fetched from the spool. */
struct life_facts {
    const struct life *life;
    uint32_t parent; /* reference, 0 = the run */
    bool has_reap, has_usage;
    struct spool_cell reap;
    struct spool_cell born;
    int status; /* as wait gives it; -1 = not known */
    const struct system_call *system; /* the call inside libc that it was the shell of, or NULL */
};

/* What an image or a fork child said of its own end. */
struct own_end {
    uint32_t left;
    int64_t end_ns;
    int status;
    int64_t last_ns; /* a late moment at which it was surely there; children may know of a later one */
    uint32_t ref;
};

static uint64_t ref_offset(uint32_t ref)
{
    return (uint64_t)ref * SPOOL_ALIGN;
}

static uint32_t life_parent(const struct fold *f, const struct life *life)
{
    if (life->born)
        return life->born->owner;
    if (!life->images_len)
        return life->reap->owner;
    uint32_t up = lineage_up(&f->gather.lineage, life->images[0].ref);
    return up || !life->reap ? up : life->reap->owner;
}

static int life_fetch(struct fold *f, const struct life *life, struct life_facts *facts)
{
    struct spool_reader *reader = f->in->reader;
    *facts = (struct life_facts){.life = life, .parent = life_parent(f, life), .status = -1};
    if (life->reap) {
        int err = spool_reader_get_cell(reader, ref_offset(life->reap->ref), &facts->reap);
        if (err)
            return err;
        facts->has_reap = true;
        facts->has_usage = facts->reap.kind == SPOOL_CELL_REAP;
        facts->status = facts->reap.reap.status;
    }
    if (life->born) {
        int err = spool_reader_get_cell(reader, ref_offset(life->born->ref), &facts->born);
        if (err)
            return err;
    }
    return 0;
}

/* The process's own CPU: what its parent's wait counted, less what it had waited for itself. */
static void span_usage(const struct fold *f, struct span *span, const struct life_facts *facts)
{
    const struct spool_reap *reap = &facts->reap.reap;
    const struct life *life = facts->life;
    struct fold_children kids = {0};
    if (life->born)
        fold_add_children(f, life->born->ref, &kids);
    for (size_t i = 0; i < life->images_len; i++)
        fold_add_children(f, life->images[i].ref, &kids);
    span->tree_user_us = (int64_t)reap->user_us;
    span->tree_sys_us = (int64_t)reap->sys_us;
    span->user_us = (int64_t)(reap->user_us > kids.user_us ? reap->user_us - kids.user_us : 0);
    span->sys_us = (int64_t)(reap->sys_us > kids.sys_us ? reap->sys_us - kids.sys_us : 0);
    span->maxrss_kb = reap->maxrss_kb;
    span->minflt = reap->minflt;
    span->majflt = reap->majflt;
    span->inblock = reap->inblock;
    span->oublock = reap->oublock;
    span->nvcsw = reap->nvcsw;
    span->nivcsw = reap->nivcsw;
}

static void end_at(struct span *span, int64_t start, int64_t end, enum span_end by)
{
    span->dur_ns = end > start ? end - start : 0;
    span->end_by = by;
}

/* Nobody saw the end. */
static void end_unseen(const struct fold *f, struct span *span, int64_t start, const struct own_end *own)
{
    const struct assemble *in = f->in;
    if (in->alive && in->alive(in->alive_ctx, (int32_t)span->pid, span->start_ns)) {
        span->end_by = SPAN_END_RUNNING;
        return;
    }
    struct fold_children kids = {.last_ns = own->last_ns};
    fold_add_children(f, own->ref, &kids);
    end_at(span, start, kids.last_ns, SPAN_END_INFERRED);
}

static bool died_by_signal(int status)
{
    return status != -1 && WIFSIGNALED(status);
}

/* The end of a life's last span. */
static void end_life(const struct fold *f, struct span *span, const struct life_facts *facts,
                     const struct own_end *own, int64_t start)
{
    /* A signal after the exit hook, while stdio was flushed: the end is the kernel's, not the hook's. */
    if (own->left && !died_by_signal(facts->status)) {
        end_at(span, start, own->end_ns, SPAN_END_SELF);
        fold_status(span, facts->status != -1 ? facts->status : own->left == SPOOL_LEFT_EXIT ? own->status : -1);
    } else if (facts->has_reap) {
        end_at(span, start, facts->reap.reap.end_ns, SPAN_END_PARENT);
        fold_status(span, facts->status);
    } else if (facts->system) {
        end_at(span, start, facts->system->end_ns, SPAN_END_PARENT);
        fold_status(span, facts->system->status);
    } else {
        end_unseen(f, span, start, own);
    }
    if (facts->has_usage)
        span_usage(f, span, facts);
}

/* Count a process, by the witness of its end. */
static void count_process(struct fold *f, const struct span *span)
{
    struct summary *s = f->summary;
    s->processes++;
    s->coverage.by_end[span->end_by]++;
    s->failed += (span->exit_code != SPAN_NONE && span->exit_code != 0) || span->signal != SPAN_NONE;
    if (span->maxrss_kb != SPAN_NONE && (s->maxrss_kb == SPAN_NONE || s->maxrss_kb < span->maxrss_kb))
        s->maxrss_kb = span->maxrss_kb;
    f->sum_user_us += span->user_us != SPAN_NONE ? span->user_us : 0;
    f->sum_sys_us += span->sys_us != SPAN_NONE ? span->sys_us : 0;
}

/* Note that a child of the first process ran then. Monotonic; INT64_MAX when it still does. */
static int explain(struct fold *f, uint32_t parent, int64_t start_ns, int64_t end_ns)
{
    if (!gather_is_root(&f->gather, parent))
        return 0;
    return intervals_add(&f->children, MAX(start_ns, f->in->reader->header.start_mono_ns), MIN(end_ns, f->end.end_ns));
}

static int emit_process(struct fold *f, struct span *span, uint32_t ref, uint32_t parent)
{
    int64_t start = span->start_ns - f->wall_offset_ns;
    int err = explain(f, parent, start, span->dur_ns == SPAN_NONE ? INT64_MAX : start + span->dur_ns);
    if (err)
        return err;
    char id[16], parent_id[16];
    span->span_id = fold_span_id(ref, id);
    span->parent_id = fold_span_id(parent, parent_id);
    size_t task = tasks_find(&f->tasks, &f->gather.lineage, ref, span->start_ns);
    span->task = task == TASKS_NONE ? NULL : f->tasks.list[task].name;
    f->summary->spans_rows++;
    return f->in->emit(f->in->emit_ctx, span);
}

static void describe_program(struct span *span, const struct spool_image *image, const char **args, size_t argc)
{
    span->exe = spool_image_exe(image);
    span->cwd = *spool_image_cwd(image) ? spool_image_cwd(image) : NULL;
    span->name = *span->exe ? fold_basename(span->exe) : argc ? fold_basename(args[0]) : "";
    span->args = args;
    span->argc = argc;
    span->args_cut = (image->head.flags & SPOOL_IMAGE_ARGS_CUT) != 0;
    span->uid = image->uid;
}

static struct own_end image_own_end(const struct spool_image *image, uint32_t ref)
{
    return (struct own_end){.left = image->left, .end_ns = image->end_ns, .status = (image->status & 0xff) << 8,
                            .last_ns = MAX(image->ready_ns, image->exec_ns), .ref = ref};
}

/* The CPU that an image says it had used by itself: the leader at its end, others at their exec. */
static void own_cpu(struct span *span, const struct spool_image *image)
{
    if (!image->user_us && !image->sys_us)
        return;
    span->user_us = (int64_t)image->user_us;
    span->sys_us = (int64_t)image->sys_us;
    if (image->tree_user_us || image->tree_sys_us) {
        span->tree_user_us = (int64_t)image->tree_user_us;
        span->tree_sys_us = (int64_t)image->tree_sys_us;
    }
}

/* A process that is the leader, gone without a word: what the guardian learned of its end. */
static void end_leader(const struct fold *f, struct span *span, uint32_t ref, int64_t start)
{
    if (ref != f->gather.leader_last || f->end.by == SPAN_END_RUNNING)
        return;
    if (span->end_by == SPAN_END_SELF && span->exit_code == SPAN_NONE && f->end.by == SPAN_END_SELF)
        fold_status(span, f->end.status);
    if (span->end_by != SPAN_END_INFERRED && span->end_by != SPAN_END_RUNNING)
        return;
    end_at(span, start, f->end.end_ns, SPAN_END_INFERRED);
    fold_status(span, f->end.status);
}

/* When the image at `at` began: as it was told, unless that was said of the image before it, or is earlier than that. A
 * shell that libc made was told nothing: it began with the call; and so did a child of forkpty. */
static int64_t image_start(const struct life_facts *facts, size_t at)
{
    const struct life *life = facts->life;
    const struct event *image = &life->images[at];
    if (!at && facts->system)
        return facts->system->start_ns;
    if (!at && life->born && !((life->born->flags & EVENT_FORK) | (image->flags & EVENT_TOLD)))
        return MIN(life->born->time_ns, image->start_ns);
    return at && image->start_ns < life->images[at - 1].time_ns ? image->time_ns : image->start_ns;
}

/* Whose work this run did not see, or not all of. */
static int note_blind(struct fold *f, const struct spool_image *image, const struct span *span)
{
    static const enum blind_cause causes[] = {
        [GATE_STATIC] = BLIND_STATIC,     [GATE_FOREIGN] = BLIND_FOREIGN, [GATE_SANITIZER] = BLIND_SANITIZER,
        [GATE_LIBCLESS] = BLIND_LIBCLESS, [GATE_CAPS] = BLIND_PRIVILEGED, [GATE_SECURE] = BLIND_PRIVILEGED,
        [GATE_INVISIBLE] = BLIND_ELSEWHERE, [GATE_FILTERED] = BLIND_FILTERED,
    };
    unsigned why = (image->head.flags & SPOOL_IMAGE_WHY) >> SPOOL_WHY_SHIFT;
    enum blind_cause cause = why < ARRAY_LEN(causes) ? causes[why] : BLIND_NONE;
    const char *client = blind_client(span->name, span->argc > 1 ? span->args[1] : NULL, &cause);
    return blind_add(&f->summary->coverage.blind, cause, client ? client : span->name, 1);
}

static int life_image(struct fold *f, struct life_facts *facts, size_t at, int64_t cpu_before[2])
{
    const struct life *life = facts->life;
    uint32_t ref = life->images[at].ref;
    struct spool_record *record = NULL;
    int err = spool_reader_get(f->in->reader, ref_offset(ref), &record);
    if (err)
        return err;
    auto_free struct spool_image *image = (struct spool_image *)record;
    auto_free struct spool_image *program = NULL;
    if (image->head.flags & SPOOL_IMAGE_FORKED)
        program = fold_image(f, facts->parent);
    struct span span = fold_span(f, SPAN_PROCESS);
    size_t argc = 0;
    auto_free const char **args = fold_args(program ? program : image, &argc);
    describe_program(&span, program ? program : image, args, argc);
    span.pid = image->pid;
    span.ppid = image->ppid;
    bool last = at + 1 == life->images_len;
    struct own_end own = image_own_end(image, ref);
    if (last && !at && !life->reap && !(life->images[0].flags & EVENT_TOLD))
        facts->system = systems_find(&f->gather.systems,
                                     &(struct system_shell){.parent = facts->parent, .start_ns = image->start_ns,
                                                            .left = own.left, .status = own.status});
    int64_t start = image_start(facts, at);
    span.start_ns = start + f->wall_offset_ns;
    if (last)
        end_life(f, &span, facts, &own, start);
    else
        end_at(&span, start, image_start(facts, at + 1), SPAN_END_EXEC);
    if (!last || !facts->has_usage)
        own_cpu(&span, image);
    if (last)
        end_leader(f, &span, ref, start);
    /* Counters of a process run on over exec: each image gets what it added. */
    if (span.user_us != SPAN_NONE) {
        int64_t user = span.user_us, sys = span.sys_us;
        span.user_us = MAX(user - cpu_before[0], 0);
        span.sys_us = MAX(sys - cpu_before[1], 0);
        cpu_before[0] = user;
        cpu_before[1] = sys;
    }
    if (last)
        count_process(f, &span);
    err = note_blind(f, image, &span);
    return err ? err : emit_process(f, &span, ref, facts->parent);
}

/* A child that ran on as a copy of its parent; `until` is the exec that ended that, or NULL. */
static int life_fork(struct fold *f, const struct life_facts *facts, const struct event *until)
{
    const struct life *life = facts->life;
    const struct event *known = life->born ? life->born : life->reap;
    struct span span = fold_span(f, SPAN_PROCESS);
    /* A spawned child without a record of its own ran something, but not what its parent runs. */
    bool is_copy = !life->born || life->born->flags & EVENT_FORK;
    auto_free struct spool_image *program = is_copy ? fold_image(f, facts->parent) : NULL;
    auto_free const char **args = NULL;
    size_t argc = 0;
    span.name = "unseen";
    if (program) {
        args = fold_args(program, &argc);
        describe_program(&span, program, args, argc);
    }
    const struct spool_cell *cell = life->born ? &facts->born : &facts->reap;
    span.pid = life->born && cell->born.self_pid ? cell->born.self_pid : cell->pid;
    span.ppid = fold_pid(f, facts->parent);
    span.start_ns = known->time_ns + f->wall_offset_ns;
    struct own_end own = {.last_ns = known->time_ns};
    if (life->born)
        own = (struct own_end){.left = cell->born.left, .end_ns = cell->born.end_ns,
                               .status = (cell->born.status & 0xff) << 8, .last_ns = known->time_ns,
                               .ref = life->born->ref};
    if (until) {
        end_at(&span, known->time_ns, until->start_ns, SPAN_END_EXEC);
    } else {
        end_life(f, &span, facts, &own, known->time_ns);
        count_process(f, &span);
    }
    return emit_process(f, &span, known->ref, facts->parent);
}

int fold_life(void *ctx, const struct life *life)
{
    struct fold *f = ctx;
    struct life_facts facts;
    int err = life_fetch(f, life, &facts);
    if (err)
        return err;
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
