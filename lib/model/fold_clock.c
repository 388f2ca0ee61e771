/* SPDX-License-Identifier: MIT */
/* Rows of processes that live by another clock than the run. */
#include "base/own.h"
#include "model/fold.h"

/* Which image of the leader was its last one shows by their starts, and these may have been wrong. */
static void find_leader_last(struct fold *f)
{
    struct gather *g = &f->gather;
    int64_t latest_ns = INT64_MIN;
    for (size_t i = 0; i < g->roots_len && g->leader_last; i++) {
        auto_free struct spool_image *image = fold_fetch_image(f, g->roots[i]);
        if (!image)
            continue;
        clocks_mend_image(&g->clocks, image, g->roots[i]);
        if (image->pid != g->reader->header.leader_pid || image->start_ns < latest_ns)
            continue;
        latest_ns = image->start_ns;
        g->leader_last = g->roots[i];
    }
}

int fold_clocks_find(struct fold *f)
{
    struct gather *g = &f->gather;
    if (!g->clocks.signs_len)
        return 0;
    int err = gather_answer(g);
    if (!err)
        err = clocks_decide(&g->clocks, g->first);
    if (!err && g->clocks.len)
        find_leader_last(f);
    if (!err && g->clocks.signs_left_out)
        err = blind_add(&f->summary->coverage.blind, BLIND_CLOCK, "(too many to look at)", 1);
    return err;
}

/* When the image or fork child at `ref` began; 0 = not known. */
static int64_t start_of(const struct fold *f, uint32_t ref)
{
    auto_free struct spool_image *image = fold_fetch_image(f, ref);
    struct spool_cell cell;
    if (image) {
        clocks_mend_image(&f->gather.clocks, image, ref);
        return image->start_ns;
    }
    if (!ref || spool_reader_get_cell(f->in->reader, (uint64_t)ref * SPOOL_ALIGN, &cell) ||
        cell.kind != SPOOL_CELL_BORN)
        return 0;
    return clocks_mend(&f->gather.clocks, lineage_up(&f->gather.lineage, ref), cell.born.start_ns);
}

int fold_clock_row(struct fold *f, struct span *span, uint32_t ref, uint32_t parent)
{
    if (!clocks_is_moved(&f->gather.clocks, ref))
        return 0;
    int64_t from_ns = MAX(start_of(f, parent), f->in->reader->header.start_mono_ns) + f->wall_offset_ns;
    int64_t until_ns = f->end.end_ns + f->wall_offset_ns;
    span->start_ns = MAX(from_ns, MIN(span->start_ns, until_ns));
    return blind_add(&f->summary->coverage.blind, BLIND_CLOCK, span->name, 1);
}
