/* SPDX-License-Identifier: MIT */
/* The shim's blocks of cells, over a spool that is a piece of memory: what two threads do to them at once. */
#include "cells.h"

#include <pthread.h>
#include <stdatomic.h>

#include "recorder.h"
#include "shim.h"
#include "spool/usage.h"
#include "test.h"

#define ROUNDS 200000
#define LAST_STEP 4 /* the largest size that a block has */

struct shim shim;

static _Thread_local char blocks[65536 + 64];

int spool_claim(struct spool *spool, size_t bytes, struct spool_room *room)
{
    (void)spool;
    *room = (struct spool_room){.bytes = blocks};
    return bytes > sizeof blocks;
}

void spool_publish(const struct spool_room *room, uint32_t bytes, uint32_t kind_flags)
{
    (void)room;
    (void)bytes;
    (void)kind_flags;
}

void spool_unmap(struct spool_room *room)
{
    (void)room;
}

void usage_reaped(struct spool_reap *reap, const struct rusage *usage)
{
    (void)reap;
    (void)usage;
}

int recorder_ready(void)
{
    return 1;
}

void recorder_reaped(struct wait_status status)
{
    (void)status;
}

void recorder_spent(int64_t start_ns)
{
    (void)start_ns;
}

int64_t shim_now(void)
{
    return 1;
}

static atomic_int turn, done;

static void *reserve(unused void *ctx)
{
    for (int i = 1; i <= ROUNDS; i++) {
        while (atomic_load(&turn) < i) {
        }
        cells_reserve();
        atomic_store(&done, i);
    }
    return NULL;
}

/* Each step is a place in a list of five: one too far reads what is no size. */
TEST(two_threads_at_once_never_go_past_the_largest_block)
{
    pthread_t other;
    unsigned largest = 0;
    CHECK(!pthread_create(&other, NULL, reserve, NULL));
    for (int i = 1; i <= ROUNDS; i++) {
        __atomic_store_n(&shim.block_step, LAST_STEP - 1, __ATOMIC_SEQ_CST);
        atomic_store(&turn, i);
        for (volatile int delay = i % 100; delay > 0; delay--) {
        }
        cells_reserve();
        while (atomic_load(&done) < i) {
        }
        unsigned step = __atomic_load_n(&shim.block_step, __ATOMIC_SEQ_CST);
        largest = step > largest ? step : largest;
        if (largest > LAST_STEP)
            break;
    }
    atomic_store(&turn, ROUNDS);
    CHECK(largest == LAST_STEP);
    CHECK(!pthread_join(other, NULL));
}

TEST(a_full_block_counts_no_further)
{
    struct spool_block *block;
    shim = (struct shim){0};
    cells_reserve();
    block = shim.block;
    block->used = block->cells;
    shim.sandboxed = 1; /* no room for another */
    for (int i = 0; i < 100; i++)
        CHECK(!cells_claim(NULL));
    CHECK(block->used == block->cells && !shim.first->holders);
}

TEST_MAIN(CASE(two_threads_at_once_never_go_past_the_largest_block), CASE(a_full_block_counts_no_further))
