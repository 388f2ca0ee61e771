/* SPDX-License-Identifier: MIT */
/* Two scans over the spool. Knows records, keeps references; makes no rows. */
#include "model/gather.h"

#include <errno.h>
#include <stdlib.h>

#include "model/list.h"
#include "spool/segment.h"

#define STEPS_LEAST UINT64_C(100000000)
#define STEPS_AN_EVENT 64

/* The last sign of a run that nobody guarded any more may be older than its last record by so much. */
#define NOTICED_LATE_NS (60 * INT64_C(1000000000))
#define BEFORE_NS INT64_C(1000000000)
#define WHILE_NS (60 * INT64_C(1000000000)) /* what still runs may write while we read */

void gather_release(struct gather *g)
{
    lineage_release(&g->lineage);
    free(g->queries);
    clocks_release(&g->clocks);
    systems_release(&g->systems);
    openers_release(&g->openers);
    free(g->roots);
    *g = (struct gather){0};
}

static int gather_query(struct gather *g, struct gather_query query)
{
    int err = list_grow(&g->queries, g->queries_len, &g->queries_cap, sizeof query);
    if (!err)
        g->queries[g->queries_len++] = query;
    return err;
}

int gather_ask(struct gather *g, size_t task, int32_t pid, int64_t time_ns)
{
    return gather_query(
        g, (struct gather_query){
               .task = true, .asks = (uint32_t)task, .pid = pid, .time_ns = time_ns, .found_ns = INT64_MIN});
}

/* The cell at `ref`. False where an image is, or nothing: both are looked at as one unit of the file, and the tag tells them
 * apart. */
static bool fetch_cell(struct gather *g, uint32_t ref, struct spool_cell *cell)
{
    uint64_t offset = (uint64_t)ref * SPOOL_ALIGN;
    const struct spool_record *record = (const void *)cell;
    return !spool_reader_get_cell(g->reader, offset, cell) && record->tag != spool_tag(offset);
}

/* Whether the image's origin has a child in it, and lives on beside it. It has if another pid started it. If it was its own, it
 * was an image that exec'd, which is over; or a fork, and that is its own if it is of the same pid, and after vfork its
 * parent's. A fork whose maker was killed before it wrote down a pid is taken for its own. */
static bool is_child(struct gather *g, const struct spool_image *image)
{
    struct spool_cell fork;
    if (image->origin_pid != image->pid)
        return true;
    if (!fetch_cell(g, image->origin, &fork))
        return false;
    bool has_pid = fork.pid || fork.born.self_pid;
    return has_pid && fork.pid != image->pid && fork.born.self_pid != image->pid;
}

/* The first one of all, unless what was there is lost. */
static bool is_first(const struct gather *g, uint32_t ref)
{
    return !g->first && (!g->reader->header.truncated || ref < spool_ref(SPOOL_HEADER_BYTES + SPOOL_PAGE_BYTES));
}

/* A leader outside of the run, a wrapper, has no image: then the run began with the first one of all. */
static int gather_leader(struct gather *g, const struct spool_image *image, uint32_t ref)
{
    bool leads = image->pid == g->reader->header.leader_pid && !image->ns;
    if (is_first(g, ref) || (leads && !g->leader_last)) {
        g->first = ref;
        g->first_pid = image->pid;
        g->roots_len = 0;
    }
    if (leads && image->start_ns >= g->leader_last_ns) {
        g->leader_last = ref;
        g->leader_last_ns = image->start_ns;
    }
    if (image->ns || image->pid != g->first_pid)
        return 0;
    int err = list_grow(&g->roots, g->roots_len, &g->roots_cap, sizeof *g->roots);
    if (!err)
        g->roots[g->roots_len++] = ref;
    return err;
}

/* Moments after the run was noticed to be over are damage, or another clock's: no end may be inferred from them. */
static void gather_moment(struct gather *g, int64_t ns)
{
    if (ns <= g->until_ns)
        g->last_ns = MAX(g->last_ns, ns);
}

/* A void image is one whose exec failed afterwards: its process goes on as what it was. */
static int gather_image(struct gather *g, const struct spool_image *image, uint32_t ref)
{
    if (image->is_void)
        return 0;
    g->events++;
    gather_moment(g, image->ready_ns);
    gather_moment(g, image->end.end_ns);
    g->unseen += (image->head.flags & SPOOL_IMAGE_UNSEEN) != 0;
    int err = gather_leader(g, image, ref);
    if (!err)
        err = clocks_see_image(&g->clocks, image, ref);
    if (!err)
        err = lineage_add(&g->lineage, ref, image->origin, image->origin && is_child(g, image));
    /* Who has an origin asks, too, where that may be lost. */
    if (!err && (!image->origin || g->reader->header.truncated))
        err = gather_query(
            g,
            (struct gather_query){
                .pid = image->ppid, .ns = image->ns, .time_ns = image->start_ns, .asks = ref, .found_ns = INT64_MIN});
    return err;
}

static int gather_cell(struct gather *g, const struct spool_block *block, const struct spool_cell *cell, uint32_t ref)
{
    int err = 0;
    switch (cell->kind) {
    case SPOOL_CELL_BORN:
        g->events++;
        gather_moment(g, cell->born.end.end_ns);
        err = lineage_add(&g->lineage, ref, block->owner, false);
        return err || !opener_is(cell) ? err : openers_add(&g->openers, block, cell, ref);
    case SPOOL_CELL_REAP:
    case SPOOL_CELL_REAP_BARE:
        g->events++;
        gather_moment(g, cell->reap.end_ns);
        return 0;
    default:
        return systems_add(&g->systems, block->owner, cell);
    }
}

/* A wrapper outside of the run owns a block, but has no reference, and needs none. */
static int gather_block(struct gather *g, const struct spool_block *block, uint32_t ref)
{
    size_t events = g->events;
    int err = clocks_see_block(&g->clocks, block, ref);
    for (uint32_t i = 0; i < block->cells && !err; i++)
        if (spool_cell_is_good(&block->cell[i]))
            err = gather_cell(g, block, &block->cell[i], ref + 1 + i);
    if (!err && g->events > events && block->owner)
        err = lineage_add_block(&g->lineage, block->owner, ref);
    return err;
}

static int gather_record(void *ctx, const struct spool_record *record, uint64_t offset)
{
    struct gather *g = ctx;
    if (record->kind == SPOOL_IMAGE)
        return gather_image(g, (const void *)record, spool_ref(offset));
    return gather_block(g, (const void *)record, spool_ref(offset));
}

static int64_t sane(int64_t ns)
{
    return MIN(MAX(ns, 0), SPOOL_SANE_MAX - 1);
}

int gather_scan(struct gather *g, struct spool_reader *reader, int64_t noticed_ns, int64_t latest_ns)
{
    bool is_known = latest_ns && latest_ns >= noticed_ns; /* else it is of another boot, or another clock */
    *g = (struct gather){.reader = reader,
                         .leader_last_ns = INT64_MIN,
                         .until_ns = sane(noticed_ns) + NOTICED_LATE_NS,
                         .clocks = {.lineage = &g->lineage,
                                    .start_ns = reader->header.start_mono_ns,
                                    .from_ns = reader->header.start_mono_ns - BEFORE_NS,
                                    .until_ns = is_known ? sane(latest_ns) + WHILE_NS : CLOCK_NEVER,
                                    .over_ns = is_known ? latest_ns : INT64_MAX,
                                    .leader_pid = reader->header.leader_pid}};
    int err = spool_reader_scan(reader, gather_record, g);
    if (err)
        return err;
    systems_complete(&g->systems);
    return lineage_complete(&g->lineage, reader->damaged_bytes || reader->header.truncated);
}

/* By pid alone: which of those that had it is meant is decided by the time, while answering. */
static int query_order(const void *a, const void *b)
{
    const struct gather_query *x = a, *y = b;
    return (x->pid > y->pid) - (x->pid < y->pid);
}

/* An image or a fork, that may be whom somebody asks for. */
struct candidate {
    int32_t pid;
    uint32_t ns;
    uint32_t ref;
    int64_t own_ns; /* its start by the clock that it was written by: images ask by that */
    int64_t run_ns; /* and by the run's: tasks do */
};

/* Of all who had the pid, the last one to begin before the moment asked about. */
static void answer_one(struct gather_query *q, const struct candidate *who)
{
    int64_t start_ns = q->task ? who->run_ns : who->own_ns;
    bool is_itself = !q->task && who->ref == q->asks;
    if (q->ns != who->ns || is_itself || start_ns > q->time_ns || start_ns < q->found_ns)
        return;
    q->found = who->ref;
    q->found_ns = start_ns;
}

/* The first question about that pid; NULL = there is none. */
static struct gather_query *first_about(const struct gather *g, int32_t pid)
{
    const struct gather_query key = {.pid = pid};
    struct gather_query *q = g->queries_len ? bsearch(&key, g->queries, g->queries_len, sizeof *q, query_order) : NULL;
    while (q && q > g->queries && q[-1].pid == pid)
        q--;
    return q;
}

static void answer(struct gather *g, const struct candidate *who)
{
    struct gather_query *q = first_about(g, who->pid), *end = g->queries + g->queries_len;
    for (; q && q < end && q->pid == who->pid && g->steps; q++, g->steps--)
        answer_one(q, who);
}

/* Only real forks can be somebody's parent without an image; what was spawned has one. */
static void answer_cell(struct gather *g, const struct spool_block *block, const struct spool_cell *cell, uint32_t ref)
{
    if (cell->kind == SPOOL_CELL_BORN && cell->born.is_fork) {
        struct candidate who = {.pid = cell->pid, .ns = block->ns, .ref = ref, .own_ns = cell->born.start_ns};
        who.run_ns = clocks_mend(&g->clocks, block->owner, who.own_ns);
        if (opener_is(cell)) {
            who.pid = cell->born.self_pid;
            who.ns = ref;
        }
        answer(g, &who);
    }
    if (spool_cell_is_reap(cell)) {
        g->steps -= MIN(openers_match(&g->openers, block, cell, ref, g->steps), g->steps);
        g->steps -= clocks_see_reap(&g->clocks, block->ns, cell, g->steps);
    }
}

static int answer_record(void *ctx, const struct spool_record *record, uint64_t offset)
{
    struct gather *g = ctx;
    if (record->kind == SPOOL_IMAGE) {
        struct spool_image image = *(const struct spool_image *)(const void *)record;
        struct candidate who = {.pid = image.pid, .ns = image.ns, .ref = spool_ref(offset), .own_ns = image.start_ns};
        clocks_mend_image(&g->clocks, &image, who.ref);
        who.run_ns = image.start_ns;
        if (!image.is_void)
            answer(g, &who);
        return 0;
    }
    const struct spool_block *block = (const void *)record;
    for (uint32_t i = 0; i < block->cells; i++)
        if (spool_cell_is_good(&block->cell[i]))
            answer_cell(g, block, &block->cell[i], spool_ref(offset) + 1 + i);
    return 0;
}

static int ref_order(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

bool gather_is_root(const struct gather *g, uint32_t ref)
{
    return g->roots_len && bsearch(&ref, g->roots, g->roots_len, sizeof ref, ref_order);
}

/* One scan for all questions, however many: each record is held against the sorted list. Where all of a million records are of
 * one pid, which no kernel does, not all answers are found. */
int gather_answer(struct gather *g)
{
    if (!g->queries_len && !g->openers.len && !g->clocks.signs_len)
        return 0;
    g->steps = STEPS_LEAST + STEPS_AN_EVENT * (uint64_t)g->events;
    if (g->queries_len)
        qsort(g->queries, g->queries_len, sizeof *g->queries, query_order);
    openers_begin(&g->openers);
    clocks_begin_reaps(&g->clocks);
    int err = spool_reader_scan(g->reader, answer_record, g);
    openers_complete(&g->openers);
    for (size_t i = 0; i < g->queries_len && !err; i++) {
        struct gather_query *q = &g->queries[i];
        if (!q->task && lineage_up(&g->lineage, q->asks))
            continue;
        lineage_mark_parent(&g->lineage, q->found);
        if (!q->task)
            lineage_set_up(&g->lineage, q->asks, q->found);
    }
    return err;
}
