/* SPDX-License-Identifier: MIT */
/* Blocks of cells. Threads share the current block: a cell is claimed by counting up in it, and written by whoever claimed it.
 * One that is full is unmapped, as each mapping costs each fork child more than a microsecond; but not while anybody may still
 * write to it. There is no lock for that, but a count of holders, which lies in the first block:
 *   - who claims a cell is a holder from before he looks which block is current until he has published the cell;
 *   - who puts a fresh block in the place of a full one unmaps that only if he is the only holder then. Whoever holds later
 *     finds the fresh one.
 * The count lies in the spool and not in our own memory, of which each fork makes the parent copy a page that it writes to. */
#include "cells.h"

#include <sys/wait.h>

#include "recorder.h"
#include "shim.h"
#include "spool/usage.h"

/* Cells a block: 192 and 384 bytes, 4, 16 and 64 KiB with the block's head. A child takes two, and two thirds of all that
 * have any have one child, as counted over a ./configure. */
static const uint16_t block_cells[] = {2, 5, 63, 255, 1023};
#define BLOCK_STEP_RESERVE 2

static struct spool_block *block_new(void)
{
    unsigned step = __atomic_load_n(&shim.block_step, __ATOMIC_RELAXED);
    uint32_t cells = block_cells[step];
    size_t bytes = sizeof(struct spool_block) + cells * sizeof(struct spool_cell);
    struct spool_room room;
    if (shim.sandboxed || spool_claim(&shim.spool, bytes, &room))
        return NULL;
    struct spool_block *block = room.bytes;
    block->pid = shim.pid;
    block->ns = shim.ns;
    block->owner = shim.ref;
    block->cells = cells;
    block->self = spool_ref(room.offset);
    spool_publish(&room, (uint32_t)bytes, SPOOL_BLOCK);
    if (step + 1 < ARRAY_LEN(block_cells)) /* not counted up in place: two threads at once would go past the last */
        __atomic_store_n(&shim.block_step, step + 1, __ATOMIC_RELAXED);
    return block;
}

/* Make `fresh` what *at is, if that is still `old`. Whether it was. Where two threads both bring a block, the loser's stays
 * empty, which costs a little room. */
static int block_swap(struct spool_block **at, struct spool_block *old, struct spool_block *fresh)
{
    return __atomic_compare_exchange_n(at, &old, fresh, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* Become a holder. False, when there is no room for a first block. */
static int block_hold(void)
{
    struct spool_block *fresh;
    if (!__atomic_load_n(&shim.first, __ATOMIC_ACQUIRE)) {
        if (!(fresh = block_new()))
            return 0;
        block_swap(&shim.first, NULL, fresh);
    }
    __atomic_fetch_add(&shim.first->holders, 1, __ATOMIC_SEQ_CST);
    return 1;
}

static void block_release(void)
{
    __atomic_fetch_sub(&shim.first->holders, 1, __ATOMIC_RELEASE);
}

/* For a holder. The first one may not have been made current yet. */
static struct spool_block *block_current(void)
{
    if (!__atomic_load_n(&shim.block, __ATOMIC_SEQ_CST))
        block_swap(&shim.block, NULL, shim.first);
    return __atomic_load_n(&shim.block, __ATOMIC_SEQ_CST);
}

/* Unmap a block that the caller, a holder, has replaced, if nobody else may write to it. Small ones share their page with other
 * records. */
static void block_retire(struct spool_block *block)
{
    if (block == shim.first || block->head.bytes <= SPOOL_SMALL_MAX ||
        __atomic_load_n(&shim.first->holders, __ATOMIC_SEQ_CST) > 1)
        return;
    spool_unmap(&(struct spool_room){
        .offset = (uint64_t)block->self * SPOOL_ALIGN, .map = block, .map_len = block->head.bytes});
}

static struct spool_cell *block_take(struct spool_block *block, uint32_t *ref)
{
    if (__atomic_load_n(&block->used, __ATOMIC_RELAXED) >= block->cells)
        return NULL; /* a count that only goes up comes round some day */
    uint32_t at = __atomic_fetch_add(&block->used, 1, __ATOMIC_RELAXED);
    if (at >= block->cells)
        return NULL;
    if (ref)
        *ref = block->self + 1 + at;
    return &block->cell[at];
}

/* Put another block in the place of the full one, unless another thread has done so. 0 when there is no room. */
static int block_replace(struct spool_block *full)
{
    struct spool_block *fresh = block_new();
    if (fresh && block_swap(&shim.block, full, fresh))
        block_retire(full);
    return fresh != NULL;
}

struct spool_cell *cells_claim(uint32_t *ref)
{
    if (!block_hold())
        return NULL;
    struct spool_block *block;
    do {
        block = block_current();
        struct spool_cell *cell = block_take(block, ref);
        if (cell)
            return cell;
    } while (block_replace(block));
    block_release();
    return NULL;
}

void cells_reserve(void)
{
    if (!recorder_ready())
        return;
    unsigned step = __atomic_load_n(&shim.block_step, __ATOMIC_RELAXED);
    __atomic_store_n(&shim.block_step, MAX(step, BLOCK_STEP_RESERVE), __ATOMIC_RELAXED);
    struct spool_block *block = block_new();
    if (!block)
        return;
    __atomic_store_n(&shim.block, block, __ATOMIC_RELEASE);
    block_swap(&shim.first, NULL, block);
}

static void cell_publish(struct spool_cell *cell, enum spool_cell_kind kind)
{
    __atomic_store_n(&cell->kind, kind, __ATOMIC_RELEASE);
    block_release();
}

void cells_born(struct spool_cell *cell, int32_t pid, int64_t start_ns)
{
    if (!cell)
        return;
    cell->pid = pid;
    cell->born.start_ns = start_ns;
    cell_publish(cell, pid > 0 ? SPOOL_CELL_BORN : SPOOL_CELL_VOID);
}

void cells_reaped(int32_t pid, struct wait_status status, const struct rusage *usage)
{
    if (!wait_status_is_exit(status) && !wait_status_is_signal(status))
        return;
    if (!recorder_ready())
        return;
    recorder_reaped(status);
    struct spool_cell *cell = cells_claim(NULL);
    if (!cell)
        return;
    cell->pid = pid;
    struct spool_reap *reap = &cell->reap;
    reap->end_ns = shim_now();
    reap->status = status;
    if (usage)
        usage_reaped(reap, usage);
    cell_publish(cell, usage ? SPOOL_CELL_REAP : SPOOL_CELL_REAP_BARE);
    recorder_spent(reap->end_ns);
}

static void cells_note(const struct spool_born *what, enum spool_cell_kind kind)
{
    struct spool_cell *cell = recorder_ready() ? cells_claim(NULL) : NULL;
    if (!cell)
        return;
    cell->pid = 0;
    cell->born = *what;
    cell_publish(cell, kind);
}

int64_t cells_system_begin(void)
{
    return recorder_ready() ? shim_now() : 0;
}

void cells_system(int64_t start_ns, struct wait_status status, const void *stream)
{
    cells_note(&(struct spool_born){.start_ns = start_ns,
                                    .end.end_ns = shim_now(),
                                    .end.returned = status,
                                    .end.exec_ns = (int64_t)(intptr_t)stream},
               SPOOL_CELL_SYSTEM);
}

void cells_popen(int64_t start_ns, const void *stream)
{
    cells_note(&(struct spool_born){.start_ns = start_ns, .end.exec_ns = (int64_t)(intptr_t)stream}, SPOOL_CELL_POPEN);
}
