/* SPDX-License-Identifier: MIT */
/* How a life ended and what it used. Decides which witness is believed for what:
 *   the kernel, through the parent's wait, for status, signal and resource usage;
 *   the process itself for the moment of its end;
 *   the next image for the end of the one before. */
#include "model/fold_life.h"

#include "base/own.h"

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
    span->user_us = MAX(span->tree_user_us - kids.user_us, 0);
    span->sys_us = MAX(span->tree_sys_us - kids.sys_us, 0);
    span->maxrss_kb = reap->maxrss_kb;
    span->minflt = reap->minflt;
    span->majflt = reap->majflt;
    span->inblock = reap->inblock;
    span->oublock = reap->oublock;
    span->nvcsw = reap->nvcsw;
    span->nivcsw = reap->nivcsw;
}

void fold_end_at(struct span *span, int64_t start, int64_t end, enum span_end by)
{
    span->dur_ns = end > start ? end - start : 0;
    span->end_by = by;
}

/* Nobody saw the end. */
static void end_unseen(const struct fold *f, struct span *span, const struct own_end *own)
{
    const struct assemble *in = f->in;
    if (in->alive && in->alive(in->alive_ctx, (int32_t)span->pid, span->start_ns)) {
        span->end_by = SPAN_END_RUNNING;
        return;
    }
    if (in->latest_ns)
        span->ended_by_ns = in->latest_ns + f->wall_offset_ns;
    struct fold_children kids = {0};
    fold_add_children(f, own->ref, &kids);
    int64_t last_ns = kids.last_ns ? clocks_mend(&f->gather.clocks, own->ref, kids.last_ns) : 0;
    fold_end_at(span, own->start_ns, MAX(last_ns, own->last_ns), SPAN_END_INFERRED);
}

/* When its parent got it: by a wait that we saw, or by one within libc, of which we saw the return. */
static int64_t reaped_ns(const struct fold *f, const struct life_facts *facts)
{
    if (facts->has_reap)
        return facts->reap.reap.end_ns + f->wall_offset_ns;
    return facts->has_system && facts->system.end_ns ? facts->system.end_ns + f->wall_offset_ns : SPAN_NONE;
}

/* Whether a process's own word of its end is the last one, beside what the kernel says. A signal after the exit hook, while stdio was
 * flushed: the end is the kernel's, not the hook's. */
static bool own_word_holds(const struct spool_end *said, struct wait_status kernels)
{
    return said->left && !wait_status_is_signal(kernels);
}

/* The status of one whose own word holds. */
static struct wait_status status_of_both(const struct spool_end *said, struct wait_status kernels)
{
    return wait_status_is_known(kernels) ? kernels : spool_end_status(said);
}

/* The end of a life's last span. */
void fold_end_life(const struct fold *f, struct span *span, const struct life_facts *facts, const struct own_end *own)
{
    int64_t start = own->start_ns;
    span->reaped_ns = reaped_ns(f, facts);
    if (own_word_holds(&own->said, facts->status)) {
        int64_t latest_ns = facts->has_reap ? facts->reap.reap.end_ns : INT64_MAX; /* later only by another clock */
        fold_end_at(span, start, MIN(own->said.end_ns, latest_ns), SPAN_END_SELF);
        fold_status(span, status_of_both(&own->said, facts->status));
    } else if (facts->has_reap) {
        fold_end_at(span, start, facts->reap.reap.end_ns, SPAN_END_PARENT);
        fold_status(span, facts->status);
    } else if (facts->has_system) {
        fold_end_at(span, start, facts->system.end_ns, SPAN_END_PARENT);
        fold_status(span, facts->system.status);
    } else {
        end_unseen(f, span, own);
    }
    if (facts->has_usage)
        span_usage(f, span, facts);
}

/* Count a process, by the witness of its end. */
void fold_count_process(struct fold *f, const struct span *span)
{
    struct summary *s = f->summary;
    s->processes++;
    s->coverage.by_end[span->end_by]++;
    s->failed += (span->exit_code != SPAN_NONE && span->exit_code != 0) || span->signal != SPAN_NONE;
    if (span->maxrss_kb != SPAN_NONE && (s->maxrss_kb == SPAN_NONE || s->maxrss_kb < span->maxrss_kb))
        s->maxrss_kb = span->maxrss_kb;
    fold_add_up(&f->sum_user_us, span->user_us != SPAN_NONE ? (uint64_t)span->user_us : 0);
    fold_add_up(&f->sum_sys_us, span->sys_us != SPAN_NONE ? (uint64_t)span->sys_us : 0);
}

/* The CPU that an image says it had used by itself: the leader at its end, others at their exec. */
void fold_own_cpu(struct span *span, const struct spool_image *image)
{
    if (!image->user_us && !image->sys_us)
        return;
    span->user_us = (int64_t)image->user_us;
    span->sys_us = (int64_t)image->sys_us;
    if (!(image->head.flags & SPOOL_IMAGE_DOUBTED) && (image->tree_user_us || image->tree_sys_us)) {
        span->tree_user_us = (int64_t)image->tree_user_us;
        span->tree_sys_us = (int64_t)image->tree_sys_us;
    }
}

void fold_find_leader_end(struct fold *f)
{
    const struct spool_header *h = &f->in->reader->header;
    const struct wait_status kernels = f->in->leader_status;
    if (h->end_known) {
        f->end = (struct fold_end){h->end_mono_ns, h->end_status, SPAN_END_PARENT};
        return;
    }
    auto_free struct spool_image *image = fold_fetch_image(f, f->gather.leader_last);
    if (image)
        clocks_mend_image(&f->gather.clocks, image, f->gather.leader_last);
    if (image && own_word_holds(&image->end, kernels)) {
        f->end = (struct fold_end){image->end.end_ns, status_of_both(&image->end, kernels), SPAN_END_SELF};
        return;
    }
    f->end = (struct fold_end){f->in->noticed_ns, kernels, f->in->leader_runs ? SPAN_END_RUNNING : SPAN_END_INFERRED};
    if (!f->in->leader_runs && !wait_status_is_known(kernels))
        f->end.end_ns = MAX(f->end.end_ns, f->gather.last_ns);
}

/* A process that is the leader, gone without a word: what has been found out of its end. */
void fold_end_leader(const struct fold *f, struct span *span, uint32_t ref, int64_t start)
{
    if (ref != f->gather.leader_last || f->end.by == SPAN_END_RUNNING)
        return;
    bool killed = f->end.by == SPAN_END_INFERRED && wait_status_is_signal(f->end.status);
    bool open = span->end_by == SPAN_END_INFERRED || span->end_by == SPAN_END_RUNNING;
    if (open || killed) {
        span->exit_code = SPAN_NONE;
        fold_end_at(span, start, f->end.end_ns, SPAN_END_INFERRED);
        span->ended_by_ns = MAX(f->end.end_ns, f->in->noticed_ns) + f->wall_offset_ns;
        fold_status(span, f->end.status);
    } else if (span->end_by == SPAN_END_SELF && span->exit_code == SPAN_NONE && f->end.by == SPAN_END_SELF) {
        fold_status(span, f->end.status);
    }
}
