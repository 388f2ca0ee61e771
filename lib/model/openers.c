/* SPDX-License-Identifier: MIT */
/* Birth and reaping of the first processes of pid namespaces, brought together by the pid that the parent
 * knows. */
#include "model/openers.h"

#include <stdlib.h>

#include "model/list.h"

void openers_release(struct openers *o)
{
    free(o->list);
    *o = (struct openers){0};
}

bool opener_is(const struct spool_cell *cell)
{
    return cell->kind == SPOOL_CELL_BORN && cell->born.self_pid && cell->born.self_pid != cell->pid;
}

int openers_add(struct openers *o, const struct spool_block *block, const struct spool_cell *cell, uint32_t ref)
{
    int err = list_grow(&o->list, o->len, &o->cap, sizeof *o->list);
    if (!err)
        o->list[o->len++] = (struct opener){
            .ref = ref, .pid = cell->pid, .ns = block->ns, .start_ns = cell->born.start_ns, .reap_ns = INT64_MAX};
    return err;
}

static int by_pid(const void *a, const void *b)
{
    const struct opener *x = a, *y = b;
    if (x->pid != y->pid)
        return x->pid < y->pid ? -1 : 1;
    return (x->start_ns > y->start_ns) - (x->start_ns < y->start_ns);
}

static int by_reap(const void *a, const void *b)
{
    const struct opener *x = a, *y = b;
    return (x->reap > y->reap) - (x->reap < y->reap);
}

void openers_begin(struct openers *o)
{
    if (o->len)
        qsort(o->list, o->len, sizeof *o->list, by_pid);
}

uint64_t openers_match(struct openers *o, const struct spool_block *block, const struct spool_cell *cell, uint32_t ref,
                       uint64_t most)
{
    uint64_t steps = 0;
    size_t low = 0, high = o->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (o->list[middle].pid < cell->pid)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < o->len && o->list[low].pid == cell->pid && steps < most; low++, steps++) {
        struct opener *opener = &o->list[low];
        if (opener->ns != block->ns || cell->reap.end_ns < opener->start_ns || cell->reap.end_ns >= opener->reap_ns)
            continue;
        opener->reap = ref;
        opener->reap_ns = cell->reap.end_ns;
    }
    return steps;
}

void openers_complete(struct openers *o)
{
    if (o->len)
        qsort(o->list, o->len, sizeof *o->list, by_reap);
}

uint32_t openers_reaped(const struct openers *o, uint32_t ref)
{
    const struct opener wanted = {.reap = ref}, *found = NULL;
    if (o->len)
        found = bsearch(&wanted, o->list, o->len, sizeof *found, by_reap);
    return found ? found->ref : 0;
}
