/* SPDX-License-Identifier: MIT */
/* Two scans over the spool. Knows records, keeps references; makes no rows. */
#include "model/gather.h"

#include <errno.h>
#include <stdlib.h>

#include "spool/segment.h"

void gather_release(struct gather *g)
{
    lineage_release(&g->lineage);
    free(g->queries);
    free(g->systems);
    free(g->openers);
    *g = (struct gather){0};
}

/* Make room for one more element of `size` bytes. 0 or -ENOMEM. */
static int grow(void **list, size_t len, size_t *cap, size_t size)
{
    if (len < *cap)
        return 0;
    size_t more = *cap ? *cap * 2 : 32;
    void *grown = realloc(*list, more * size);
    if (!grown)
        return -ENOMEM;
    *list = grown;
    *cap = more;
    return 0;
}

static int gather_query(struct gather *g, struct gather_query query)
{
    int err = grow((void **)&g->queries, g->queries_len, &g->queries_cap, sizeof query);
    if (!err)
        g->queries[g->queries_len++] = query;
    return err;
}

int gather_ask(struct gather *g, size_t task, int32_t pid, int64_t time_ns)
{
    return gather_query(g, (struct gather_query){.task = task, .pid = pid, .time_ns = time_ns, .found_ns = INT64_MIN});
}

/* An image that exec'd itself names its own earlier image or fork; after vfork it names its parent instead. In the
 * second case the one named has a child, and must not be folded away. */
static int gather_origin(struct gather *g, const struct spool_image *image)
{
    if (image->origin_pid != image->pid)
        return lineage_parent_make(&g->lineage, image->origin) ? 0 : -ENOMEM;
    struct spool_cell cell;
    uint64_t offset = (uint64_t)image->origin * SPOOL_ALIGN;
    if (spool_reader_get_cell(g->reader, offset, &cell))
        return 0;
    const struct spool_record *record = (const void *)&cell;
    if (record->tag == spool_tag(offset))
        return 0;
    if (cell.pid == image->pid || cell.born.self_pid == image->pid)
        return 0;
    return lineage_parent_make(&g->lineage, image->origin) ? 0 : -ENOMEM;
}

static void gather_leader(struct gather *g, const struct spool_image *image, uint32_t ref)
{
    if (!g->first)
        g->first = ref;
    if (image->pid != g->reader->header.leader_pid || image->ns)
        return;
    if (!g->leader_last)
        g->first = ref;
    if (image->start_ns >= g->leader_last_ns) {
        g->leader_last = ref;
        g->leader_last_ns = image->start_ns;
    }
}

static int gather_image(struct gather *g, const struct spool_image *image, uint32_t ref)
{
    if (image->is_void)
        return 0;
    g->events++;
    g->unseen += (image->head.flags & SPOOL_IMAGE_UNSEEN) != 0;
    gather_leader(g, image, ref);
    int err = lineage_add(&g->lineage, ref, image->origin);
    if (!err && image->origin)
        err = gather_origin(g, image);
    else if (!err)
        err = gather_query(g, (struct gather_query){.pid = image->ppid, .ns = image->ns, .time_ns = image->start_ns,
                                                    .asks = ref, .found_ns = INT64_MIN});
    return err;
}

/* What a parent wrote about a child at `time_ns` keeps the parent from being folded away. A wrapper outside of the run
 * has no reference, and needs none. */
static int gather_parent(struct gather *g, uint32_t owner, int64_t time_ns, const struct spool_reap *reap)
{
    g->events++;
    if (!owner)
        return 0;
    struct lineage_parent *parent = lineage_parent_make(&g->lineage, owner);
    if (!parent)
        return -ENOMEM;
    parent->last_ns = MAX(parent->last_ns, time_ns);
    if (reap) {
        parent->user_us += reap->user_us;
        parent->sys_us += reap->sys_us;
    }
    return 0;
}

/* pclose: what popen began with that stream gets its end. Streams are used again, but only after their pclose. */
static int gather_pclose(struct gather *g, uint32_t owner, const struct spool_cell *cell)
{
    for (size_t i = g->systems_len; i-- > 0;) {
        struct gather_system *s = &g->systems[i];
        if (s->owner != owner || s->key != cell->born.exec_ns || s->end_ns)
            continue;
        s->end_ns = cell->born.end_ns;
        s->status = cell->born.status;
        break;
    }
    return 0;
}

static int gather_system(struct gather *g, uint32_t owner, const struct spool_cell *cell)
{
    if (cell->kind == SPOOL_CELL_SYSTEM && cell->born.exec_ns)
        return gather_pclose(g, owner, cell);
    int err = grow((void **)&g->systems, g->systems_len, &g->systems_cap, sizeof *g->systems);
    if (!err)
        g->systems[g->systems_len++] = (struct gather_system){.owner = owner, .start_ns = cell->born.start_ns,
                                                              .end_ns = cell->born.end_ns,
                                                              .status = cell->born.status,
                                                              .key = cell->born.exec_ns};
    return err;
}

static int gather_born(struct gather *g, uint32_t owner, const struct spool_cell *cell, uint32_t ref)
{
    int err = gather_parent(g, owner, cell->born.start_ns, NULL);
    return err ? err : lineage_add(&g->lineage, ref, owner);
}

/* A child that sees another pid than its parent was given is the first of a new pid namespace. */
static int is_opener(const struct spool_cell *cell)
{
    return cell->kind == SPOOL_CELL_BORN && cell->born.self_pid && cell->born.self_pid != cell->pid;
}

static int gather_opener(struct gather *g, const struct spool_block *block, const struct spool_cell *cell, uint32_t ref)
{
    int err = grow((void **)&g->openers, g->openers_len, &g->openers_cap, sizeof *g->openers);
    if (!err)
        g->openers[g->openers_len++] = (struct gather_opener){.ref = ref, .pid = cell->pid, .ns = block->ns,
                                                              .start_ns = cell->born.start_ns, .reap_ns = INT64_MAX};
    return err;
}

/* Of the reapings under that pid the first one after the birth is meant. */
static void match_opener(struct gather *g, const struct spool_block *block, const struct spool_cell *cell, uint32_t ref)
{
    for (size_t i = 0; i < g->openers_len; i++) {
        struct gather_opener *o = &g->openers[i];
        if (o->pid != cell->pid || o->ns != block->ns || cell->reap.end_ns < o->start_ns ||
            cell->reap.end_ns >= o->reap_ns)
            continue;
        o->reap = ref;
        o->reap_ns = cell->reap.end_ns;
    }
}

uint32_t gather_opened(const struct gather *g, uint32_t ref)
{
    for (size_t i = 0; i < g->openers_len; i++)
        if (g->openers[i].reap == ref)
            return g->openers[i].ref;
    return 0;
}

static int gather_block(struct gather *g, const struct spool_block *block, uint32_t ref)
{
    int err = 0;
    for (uint32_t i = 0; i < block->cells && !err; i++) {
        const struct spool_cell *cell = &block->cell[i];
        if (!spool_cell_is_good(cell))
            continue;
        if (cell->kind == SPOOL_CELL_BORN)
            err = gather_born(g, block->owner, cell, ref + 1 + i);
        if (!err && is_opener(cell))
            err = gather_opener(g, block, cell, ref + 1 + i);
        else if (cell->kind == SPOOL_CELL_REAP || cell->kind == SPOOL_CELL_REAP_BARE)
            err = gather_parent(g, block->owner, cell->reap.end_ns, &cell->reap);
        else if (cell->kind == SPOOL_CELL_SYSTEM || cell->kind == SPOOL_CELL_POPEN)
            err = gather_system(g, block->owner, cell);
    }
    return err;
}

static int gather_record(void *ctx, const struct spool_record *record, uint64_t offset)
{
    struct gather *g = ctx;
    if (record->kind == SPOOL_IMAGE)
        return gather_image(g, (const void *)record, spool_ref(offset));
    return gather_block(g, (const void *)record, spool_ref(offset));
}

int gather_scan(struct gather *g, struct spool_reader *reader)
{
    *g = (struct gather){.reader = reader, .leader_last_ns = INT64_MIN};
    return spool_reader_scan(reader, gather_record, g);
}

static int query_order(const void *a, const void *b)
{
    const struct gather_query *x = a, *y = b;
    return (x->pid > y->pid) - (x->pid < y->pid);
}

/* One who was `pid` from `start_ns` on: the better answer to whoever asked about a later moment. */
static void answer(struct gather *g, struct gather_query *candidate, int64_t start_ns)
{
    if (!g->queries_len)
        return;
    struct gather_query *q = bsearch(candidate, g->queries, g->queries_len, sizeof *q, query_order);
    if (!q)
        return;
    while (q > g->queries && q[-1].pid == candidate->pid)
        q--;
    for (; q < g->queries + g->queries_len && q->pid == candidate->pid; q++)
        if (q->ns == candidate->ns && start_ns <= q->time_ns && start_ns >= q->found_ns &&
            candidate->found != q->asks) {
            q->found = candidate->found;
            q->found_ns = start_ns;
        }
}

static int answer_record(void *ctx, const struct spool_record *record, uint64_t offset)
{
    struct gather *g = ctx;
    if (record->kind == SPOOL_IMAGE) {
        const struct spool_image *image = (const void *)record;
        struct gather_query who = {.pid = image->pid, .ns = image->ns, .found = spool_ref(offset)};
        if (!image->is_void)
            answer(g, &who, image->start_ns);
        return 0;
    }
    const struct spool_block *block = (const void *)record;
    for (uint32_t i = 0; i < block->cells; i++) {
        const struct spool_cell *cell = &block->cell[i];
        uint32_t ref = spool_ref(offset) + 1 + i;
        struct gather_query who = {.pid = cell->pid, .ns = block->ns, .found = ref};
        if (!spool_cell_is_good(cell))
            continue;
        if (is_opener(cell)) {
            who.pid = cell->born.self_pid;
            who.ns = ref;
        }
        if (cell->kind == SPOOL_CELL_BORN && cell->born.is_fork)
            answer(g, &who, cell->born.start_ns);
        if (cell->kind == SPOOL_CELL_REAP || cell->kind == SPOOL_CELL_REAP_BARE)
            match_opener(g, block, cell, ref);
    }
    return 0;
}

int gather_answer(struct gather *g)
{
    if (!g->queries_len && !g->openers_len)
        return 0;
    qsort(g->queries, g->queries_len, sizeof *g->queries, query_order);
    int err = spool_reader_scan(g->reader, answer_record, g);
    for (size_t i = 0; i < g->queries_len && !err; i++) {
        const struct gather_query *q = &g->queries[i];
        if (q->found && !lineage_parent_make(&g->lineage, q->found))
            err = -ENOMEM;
        if (q->asks)
            lineage_set_up(&g->lineage, q->asks, q->found);
    }
    return err;
}
