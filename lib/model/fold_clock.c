/* SPDX-License-Identifier: MIT */
/* Whose clock is not the run's, and all times by the run's clock. Looks only where the first scan met signs
 * of other clocks, from the top of the tree downwards: how far a clock is ahead is known of a maker before
 * its children are asked. */
#include <errno.h>
#include <stdlib.h>

#include "base/own.h"
#include "model/fold_maker.h"

#define LOOKS_LEAST 1000000 /* at records, for all clocks of a run together */
#define LOOKS_AN_EVENT 32

void fold_mend_image(const struct fold *f, struct spool_image *image, uint32_t ref)
{
    const struct clocks *clocks = &f->gather.clocks;
    if (!clocks->len)
        return;
    uint32_t up = lineage_up(&f->gather.lineage, ref);
    struct fold_self before =
        clocks_ahead(clocks, up) != clocks_ahead(clocks, ref) ? fold_self(f, up) : (struct fold_self){0};
    clocks_mend_image(clocks, image, ref);
    /* It was told, but did not believe it, since by its own clock that was still to come. */
    int64_t told_ns = fold_told(image, &before);
    if (image->head.flags & SPOOL_IMAGE_START_SEEN || !told_ns || before.pid != image->pid)
        return;
    image->start_ns = MIN(clocks_mend(clocks, up, told_ns), image->ready_ns);
    image->head.flags |= SPOOL_IMAGE_START_SEEN;
}

void fold_mend_cell(const struct fold *f, struct spool_cell *cell, uint32_t ref, uint32_t owner)
{
    const struct clocks *clocks = &f->gather.clocks;
    if (!clocks->len)
        return;
    if (spool_cell_is_reap(cell)) {
        cell->reap.end_ns = clocks_mend(clocks, owner, cell->reap.end_ns);
        return;
    }
    cell->born.start_ns = clocks_mend(clocks, owner, cell->born.start_ns);
    clocks_mend_end(clocks, &cell->born.end, ref);
}

/* Makers come before those who descend from them. */
struct place {
    uint32_t number;
    uint32_t ref;
};

static int place_order(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return (x->ref > y->ref) - (x->ref < y->ref);
}

static struct place place_of_maker(const struct lineage *l, uint32_t sign)
{
    uint32_t ref = sign & CLOCK_SIGN_MAKER ? sign & ~CLOCK_SIGN_MAKER : lineage_up(l, sign);
    return (struct place){lineage_place(l, ref).from, ref};
}

/* As many looks as any run needs whose clocks are set by time namespaces. Where a job has written signs by the million itself,
 * what is left then keeps its times. */
static int settle_all(struct fold *f)
{
    const struct clock_signs *signs = &f->gather.signs;
    uint64_t looks = LOOKS_LEAST + LOOKS_AN_EVENT * (uint64_t)f->gather.events;
    auto_free struct place *places = calloc(signs->len, sizeof *places);
    if (!places)
        return -ENOMEM;
    for (size_t i = 0; i < signs->len; i++)
        places[i] = place_of_maker(&f->gather.lineage, signs->list[i]);
    qsort(places, signs->len, sizeof *places, place_order);
    int err = 0;
    f->looks = &looks;
    for (size_t i = 0; i < signs->len && !err && looks; i++)
        if (!i || place_order(&places[i - 1], &places[i]))
            err = fold_maker_settle(f, places[i].ref);
    f->looks = NULL;
    if (!looks && !err)
        err = blind_add(&f->summary->coverage.blind, BLIND_CLOCK, "(too many to look at)", 1);
    return err;
}

/* Which image of the leader was its last one shows by their starts, and these may have been wrong. */
static void find_leader_last(struct fold *f)
{
    struct gather *g = &f->gather;
    int64_t latest_ns = INT64_MIN;
    for (size_t i = 0; i < g->roots_len && g->leader_last; i++) {
        uint32_t ref = g->roots[i];
        auto_free struct spool_image *image = fold_image(f, &ref);
        if (!image)
            continue;
        fold_mend_image(f, image, g->roots[i]);
        if (image->pid != g->reader->header.leader_pid || image->start_ns < latest_ns)
            continue;
        latest_ns = image->start_ns;
        g->leader_last = g->roots[i];
    }
}

int fold_clocks_find(struct fold *f)
{
    struct gather *g = &f->gather;
    if (!g->signs.len)
        return 0;
    int err = gather_answer(g);
    if (!err)
        err = lineage_find_children(&g->lineage);
    if (!err)
        err = lineage_number(&g->lineage);
    if (!err)
        err = settle_all(f);
    if (!err && g->clocks.len)
        find_leader_last(f);
    return err;
}
