/* SPDX-License-Identifier: MIT */
/* Folds processes in as many parts as memory asks for. All events of one process fall into the same part. */
#include <stdlib.h>

#include "model/fold.h"
#include "model/list.h"
#include "spool/segment.h"

#define BYTES_DEFAULT ((size_t)44 << 20) /* for the lineage and for events together */
#define EVENTS_BYTES_LEAST ((size_t)6 << 20)
#define NS_SHIFT 22 /* pids stay below 4 Mi: PID_MAX_LIMIT */

/* The events of one part of all processes: those whose key is `part` modulo `parts`. */
struct part {
    struct fold *f;
    struct event *events;
    size_t len, cap;
    uint32_t part, parts;
};

/* All that happened under one pid of one namespace gets one key, so it meets in one part. Others may share it: lives are
 * told apart later. The multiplier is Knuth's, to spread namespaces over the bits above the pids. */
static uint32_t event_key(int32_t pid, uint32_t ns)
{
    return ((uint32_t)pid & ((1u << NS_SHIFT) - 1)) ^ (ns * UINT32_C(2654435761) << NS_SHIFT);
}

static int part_add(struct part *p, struct event event)
{
    if (event.key % p->parts != p->part)
        return 0;
    int err = list_grow(&p->events, p->len, &p->cap, sizeof event);
    if (!err)
        p->events[p->len++] = event;
    return err;
}

/* An event is small, and refers to its record: that is fetched again when the event's life is folded. */
static int part_image(struct part *p, const struct spool_image *recorded, uint32_t ref)
{
    if (recorded->is_void)
        return 0;
    struct spool_image mended = *recorded, *image = &mended;
    clocks_mend_image(&p->f->gather.clocks, image, ref);
    unsigned flags = (image->end.left ? EVENT_ENDED : 0) | (image->end.exec_ns ? EVENT_EXECED : 0) |
                     (image->head.flags & SPOOL_IMAGE_UNSEEN ? EVENT_UNSEEN : 0) |
                     (image->origin && image->origin_pid == image->pid ? EVENT_FROM_SELF : 0) |
                     (image->head.flags & SPOOL_IMAGE_START_SEEN ? EVENT_TOLD : 0);
    return part_add(p, (struct event){.time_ns = image->ready_ns,
                                      .start_ns = image->start_ns,
                                      .owner = image->origin,
                                      .key = event_key(image->pid, image->ns),
                                      .ref = ref,
                                      .kind = EVENT_IMAGE,
                                      .flags = (uint16_t)flags});
}

static int part_cell(struct part *p, const struct spool_block *block, const struct spool_cell *recorded, uint32_t ref)
{
    if (!spool_cell_is_good(recorded))
        return 0;
    struct spool_cell mended = *recorded, *cell = &mended;
    clocks_mend_cell(&p->f->gather.clocks, cell, ref, block->owner);
    uint32_t opened;
    struct event event = {.key = event_key(cell->pid, block->ns), .ref = ref, .owner = block->owner};
    switch (cell->kind) {
    case SPOOL_CELL_BORN:
        event.kind = EVENT_BORN;
        if (cell->born.self_pid && cell->born.self_pid != cell->pid)
            event.key = event_key(cell->born.self_pid, ref);
        event.time_ns = event.start_ns = cell->born.start_ns;
        event.flags = (cell->born.end.left ? EVENT_ENDED : 0) | (cell->born.is_fork ? EVENT_FORK : 0);
        return part_add(p, event);
    case SPOOL_CELL_REAP:
    case SPOOL_CELL_REAP_BARE:
        event.kind = EVENT_REAP;
        if ((opened = openers_reaped(&p->f->gather.openers, ref)))
            event.key = event_key(1, opened);
        event.time_ns = event.start_ns = cell->reap.end_ns;
        return part_add(p, event);
    default:
        return 0;
    }
}

static int part_record(void *ctx, const struct spool_record *record, uint64_t offset)
{
    struct part *p = ctx;
    uint32_t ref = spool_ref(offset);
    if (record->kind == SPOOL_IMAGE)
        return part_image(p, (const void *)record, ref);
    const struct spool_block *block = (const void *)record;
    int err = 0;
    for (uint32_t i = 0; i < block->cells && !err; i++)
        err = part_cell(p, block, &block->cell[i], ref + 1 + i);
    return err;
}

/* How much memory events may take: what the lineage leaves. */
static size_t events_budget(const struct fold *f)
{
    const struct lineage *l = &f->gather.lineage;
    size_t link = sizeof *l->links + 3 * sizeof *l->tops.to;
    size_t taken = l->links_len * link + l->blocks_len * sizeof *l->blocks;
    taken += l->links_len / 2 * f->in->kept_bytes; /* there is a link for a birth, and one for an image */
    if (f->in->memory_bytes)
        return f->in->memory_bytes;
    return taken + EVENTS_BYTES_LEAST < BYTES_DEFAULT ? BYTES_DEFAULT - taken : EVENTS_BYTES_LEAST;
}

/* One scan a part: reading the file again is cheaper than the memory for all of it at once. */
int fold_processes(struct fold *f)
{
    struct part p = {.f = f};
    p.parts = (uint32_t)(f->gather.events * sizeof(struct event) / events_budget(f)) + 1;
    int err = 0;
    for (p.part = 0; p.part < p.parts && !err; p.part++) {
        p.len = 0;
        err = spool_reader_scan(f->in->reader, part_record, &p);
        if (err)
            break;
        lives_sort(p.events, p.len);
        err = lives_each(p.events, p.len, fold_life, f);
    }
    free(p.events);
    return err;
}
