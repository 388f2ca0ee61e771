/* SPDX-License-Identifier: MIT */
/* The children of one maker: between what bounds their clocks lie, by what they wrote, and what their maker
 * wrote of their births and ends. What follows from the bounds is decided in clocks.c. */
#include "model/fold_maker.h"

#include <errno.h>
#include <stdlib.h>

#include "base/own.h"
#include "model/list.h"

#define EXECS_MAX 1000 /* of a process, followed to its last */

/* Count `n` things looked at, while clocks are found. */
static void look(const struct fold *f, uint64_t n)
{
    if (f->looks)
        *f->looks -= MIN(*f->looks, n);
}

static struct spool_record *fetch(const struct fold *f, uint32_t ref)
{
    struct spool_record *record = NULL;
    look(f, 1);
    return ref && !spool_reader_get(f->in->reader, (uint64_t)ref * SPOOL_ALIGN, &record) ? record : NULL;
}

static bool fetch_born(const struct fold *f, uint32_t ref, struct spool_cell *cell)
{
    return ref && !spool_reader_get_cell(f->in->reader, (uint64_t)ref * SPOOL_ALIGN, cell) &&
           cell->kind == SPOOL_CELL_BORN && spool_cell_is_good(cell);
}

struct fold_self fold_self(const struct fold *f, uint32_t ref)
{
    auto_free struct spool_record *record = fetch(f, ref);
    struct spool_cell cell;
    if (record && record->kind == SPOOL_IMAGE) {
        const struct spool_image *image = (const void *)record;
        return (struct fold_self){image->pid, image->ready_ns, image->end.exec_ns};
    }
    if (record || !fetch_born(f, ref, &cell))
        return (struct fold_self){0};
    return (struct fold_self){cell.born.self_pid ? cell.born.self_pid : cell.pid, 0, cell.born.end.exec_ns};
}

int64_t fold_told(const struct spool_image *image, const struct fold_self *before)
{
    bool is_doubted = image->head.flags & SPOOL_IMAGE_DOUBTED && image->origin_pid == image->pid;
    return before->exec_ns ? before->exec_ns : is_doubted ? image->doubted_ns : 0;
}

/* Earliest and latest moment that somebody wrote. */
struct range {
    int64_t first_ns, last_ns;
};

static void range_add(struct range *r, int64_t ns)
{
    if (!ns)
        return;
    r->first_ns = MIN(r->first_ns, ns);
    r->last_ns = MAX(r->last_ns, ns);
}

static void range_add_cell(void *ctx, const struct spool_cell *cell, uint32_t ref)
{
    (void)ref;
    range_add(ctx, spool_cell_is_reap(cell) ? cell->reap.end_ns : cell->born.start_ns);
}

static void range_add_image(const struct fold *f, const struct spool_image *image, uint32_t ref,
                            struct range *r)
{
    range_add(r, image->ready_ns);
    if (image->end.exec_ns > image->ready_ns) /* else it changed its clock itself */
        range_add(r, image->end.exec_ns);
    range_add(r, image->end.left ? image->end.end_ns : 0);
    fold_each_cell(f, ref, range_add_cell, r);
}

/* The program that the image or fork child at `ref` became without changing its clock, added to the range;
 * its reference, or 0. */
static uint32_t range_add_next(const struct fold *f, uint32_t ref, int32_t pid, struct range *r)
{
    size_t len;
    const struct lineage_pair *children = lineage_children(&f->gather.lineage, ref, &len);
    for (size_t i = 0; i < len && *f->looks; i++) {
        auto_free struct spool_record *record = fetch(f, children[i].ref);
        const struct spool_image *image = (const void *)record;
        if (!record || record->kind != SPOOL_IMAGE || image->pid != pid || image->origin_pid != pid ||
            image->is_void || clock_is_odd(image))
            continue;
        range_add_image(f, image, children[i].ref, r);
        return children[i].ref;
    }
    return 0;
}

static void range_add_rest(const struct fold *f, uint32_t ref, int32_t pid, struct range *r)
{
    for (int execs = 0; ref && execs < EXECS_MAX; execs++)
        ref = range_add_next(f, ref, pid, r);
}

/* What a process wrote of its children's births and ends, by pid and time of its own clock. */
struct maker_note {
    int32_t pid;
    bool is_reap;
    int64_t ns;
};

struct maker {
    const struct fold *f;
    uint32_t ref;
    int32_t pid; /* as it sees itself */
    int64_t ahead_ns;
    bool guessed; /* that */
    struct maker_note *notes;
    size_t len, cap;
    int err;
};

static void maker_note(void *ctx, const struct spool_cell *cell, uint32_t ref)
{
    struct maker *m = ctx;
    bool is_reap = spool_cell_is_reap(cell);
    (void)ref;
    if (m->err || (!is_reap && cell->kind != SPOOL_CELL_BORN))
        return;
    m->err = list_grow(&m->notes, m->len, &m->cap, sizeof *m->notes);
    if (!m->err)
        m->notes[m->len++] =
            (struct maker_note){cell->pid, is_reap, is_reap ? cell->reap.end_ns : cell->born.start_ns};
}

static int note_order(const void *a, const void *b)
{
    const struct maker_note *x = a, *y = b;
    if (x->pid != y->pid)
        return x->pid < y->pid ? -1 : 1;
    return (x->ns > y->ns) - (x->ns < y->ns);
}

static int maker_read(struct maker *m, const struct fold *f, uint32_t ref)
{
    const struct clock_move *move = clocks_find(&f->gather.clocks, ref);
    *m = (struct maker){.f = f,
                        .ref = ref,
                        .pid = fold_self(f, ref).pid,
                        .ahead_ns = move ? move->ahead_ns : 0,
                        .guessed = move && move->guessed};
    fold_each_cell(f, ref, maker_note, m);
    look(f, m->len);
    if (m->len)
        qsort(m->notes, m->len, sizeof *m->notes, note_order);
    if (m->err)
        free(m->notes);
    return m->err;
}

#define ANY_TIME INT64_MIN

/* When it noted the birth of `pid`, or its end, since then; INT64_MAX = it did not. */
static int64_t maker_noted(const struct maker *m, int32_t pid, bool is_reap, int64_t since_ns)
{
    size_t low = 0, high = m->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (m->notes[middle].pid < pid || (m->notes[middle].pid == pid && m->notes[middle].ns < since_ns))
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < m->len && m->notes[low].pid == pid && *m->f->looks; low++, look(m->f, 1))
        if (m->notes[low].is_reap == is_reap)
            return m->notes[low].ns;
        else if (since_ns != ANY_TIME && m->notes[low].ns > since_ns)
            break; /* the pid was used again */
    return INT64_MAX;
}

/* When the process `pid`, which has gone on from `ref` by exec, was reaped, by the run's clock; INT64_MAX =
 * not known. */
static int64_t reaped_since(const struct fold *f, uint32_t ref, int32_t pid)
{
    uint32_t owner = lineage_up(&f->gather.lineage, ref);
    for (int execs = 0; owner && execs < EXECS_MAX && fold_self(f, owner).pid == pid; execs++) {
        ref = owner;
        owner = lineage_up(&f->gather.lineage, ref);
    }
    struct spool_cell born;
    auto_free struct spool_record *record = fetch(f, ref);
    const struct spool_image *image = (const void *)record;
    bool is_born = !record && fetch_born(f, ref, &born);
    int64_t since = is_born                                 ? born.born.start_ns
                    : record && record->kind == SPOOL_IMAGE ? image->start_ns
                                                            : 0;
    struct maker m;
    int err = owner ? maker_read(&m, f, owner) : -ENOENT;
    if (err)
        return INT64_MAX;
    int64_t ns = maker_noted(&m, is_born ? born.pid : pid, true, since);
    free(m.notes);
    return ns == INT64_MAX ? ns : ns - m.ahead_ns;
}

/* From when a process wrote something until when, when it was born by its maker's clock and reaped by the
 * run's, to how far its clock can be ahead. INT64_MAX = not known: then it was at least within the run, or
 * outlived it by little. */
static void child_bound(const struct maker *m, struct clock_child *child, const struct range *r,
                        int64_t reap_ns)
{
    const struct clock_signs *signs = &m->f->gather.signs;
    child->reaped = reap_ns != INT64_MAX;
    child->least_ns = r->last_ns - (child->reaped ? reap_ns : signs->until_ns);
    child->most_ns = r->first_ns - m->f->in->reader->header.start_mono_ns;
    if (child->birth_ns != INT64_MAX)
        child->most_ns = r->first_ns - child->birth_ns + m->ahead_ns;
}

/* When the image began, by its maker's clock; INT64_MAX = not known. */
static int64_t image_born(const struct maker *m, const struct spool_image *image, bool is_same)
{
    struct fold_self before = is_same ? fold_self(m->f, m->ref) : (struct fold_self){0};
    if (image->head.flags & SPOOL_IMAGE_START_SEEN)
        return MAX(image->start_ns, before.ready_ns);
    if (fold_told(image, &before))
        return MAX(fold_told(image, &before), before.ready_ns);
    return maker_noted(m, image->pid, false, ANY_TIME);
}

/* When its process was reaped, by the run's clock; INT64_MAX = not known. */
static int64_t image_reaped(const struct maker *m, const struct spool_image *image, bool is_same, int64_t born_ns)
{
    const struct fold *f = m->f;
    int64_t ns;
    if (is_same)
        ns = reaped_since(f, m->ref, image->pid);
    else
        ns = maker_noted(m, image->pid, true, born_ns == INT64_MAX ? ANY_TIME : born_ns);
    if (!is_same && ns != INT64_MAX)
        ns -= m->ahead_ns;
    bool is_leader = image->pid == f->in->reader->header.leader_pid && !image->ns;
    bool has_ended = !f->in->leader_runs && f->gather.signs.until_ns != CLOCK_NEVER;
    return is_leader && has_ended ? MIN(ns, f->in->latest_ns) : ns;
}

static bool child_image(const struct maker *m, const struct spool_image *image, struct clock_child *child)
{
    struct range r = {INT64_MAX, INT64_MIN};
    if (image->is_void || image->head.flags & SPOOL_IMAGE_UNSEEN || child->ref == m->f->gather.first)
        return false; /* the run's clock is that of its first image */
    range_add_image(m->f, image, child->ref, &r);
    range_add_rest(m->f, child->ref, image->pid, &r);
    if (r.last_ns == INT64_MIN)
        return false; /* it wrote nothing but zeros */
    bool is_same = image->origin == m->ref && image->origin_pid == image->pid && m->pid == image->pid;
    bool is_fork = image->head.flags & SPOOL_IMAGE_FORKED, was_told = image->head.flags & SPOOL_IMAGE_START_SEEN;
    child->birth_ns = image_born(m, image, is_same);
    child->prompt = !is_fork && child->birth_ns != INT64_MAX;
    child_bound(m, child, &r, image_reaped(m, image, is_same, child->birth_ns));
    /* It was told of an exec call that it could not believe: its clock is behind that of who called. */
    if (image->origin && !is_fork && !was_told)
        child->most_ns = MIN(child->most_ns, m->ahead_ns - 2 * CLOCK_SLACK_NS);
    return true;
}

static bool child_fork(const struct maker *m, const struct spool_cell *cell, struct clock_child *child)
{
    struct range r = {INT64_MAX, INT64_MIN};
    range_add(&r, cell->born.end.exec_ns);
    range_add(&r, cell->born.end.left ? cell->born.end.end_ns : 0);
    fold_each_cell(m->f, child->ref, range_add_cell, &r);
    range_add_rest(m->f, child->ref, cell->born.self_pid ? cell->born.self_pid : cell->pid, &r);
    if (r.last_ns == INT64_MIN)
        return false; /* it wrote nothing that could be wrong */
    child->birth_ns = cell->born.start_ns;
    int64_t reap_ns = maker_noted(m, cell->pid, true, child->birth_ns);
    child_bound(m, child, &r, reap_ns == INT64_MAX ? reap_ns : reap_ns - m->ahead_ns);
    return true;
}

static bool child_of(const struct maker *m, uint32_t ref, struct clock_child *child)
{
    *child = (struct clock_child){.ref = ref};
    auto_free struct spool_record *record = fetch(m->f, ref);
    struct spool_cell cell;
    if (record)
        return record->kind == SPOOL_IMAGE && child_image(m, (const void *)record, child);
    return fetch_born(m->f, ref, &cell) && child_fork(m, &cell, child);
}

int fold_maker_settle(struct fold *f, uint32_t ref)
{
    size_t len, n = 0;
    const struct lineage_pair *refs = lineage_children(&f->gather.lineage, ref, &len);
    auto_free struct clock_child *list = calloc(len ? len : 1, sizeof *list);
    struct maker m;
    int err = list ? maker_read(&m, f, ref) : -ENOMEM;
    if (err)
        return err;
    for (size_t i = 0; i < len && *f->looks; i++)
        n += child_of(&m, refs[i].ref, &list[n]);
    clocks_settle(list, n, m.ahead_ns);
    for (size_t i = 0; i < n && !err; i++) {
        list[i].move.guessed |= m.guessed;
        if (list[i].moved)
            err = clocks_add(&f->gather.clocks, list[i].move);
    }
    free(m.notes);
    return err;
}
