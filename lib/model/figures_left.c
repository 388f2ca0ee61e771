/* SPDX-License-Identifier: MIT */
/* Leaving the shortest out. How short is found by counting durations in steps of about a sixteenth. */
#include "model/figures_left.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FRACTION_BITS 4
#define STEPS (64 << FRACTION_BITS)

/* Rises with the number: its highest bit, and the four below that. */
static unsigned step_of(int64_t ns)
{
    uint64_t n = (uint64_t)MAX(ns, 0) + (1u << FRACTION_BITS);
    unsigned high = 63u - (unsigned)__builtin_clzll(n);
    return (high << FRACTION_BITS) + (unsigned)(n >> (high - FRACTION_BITS) & ((1u << FRACTION_BITS) - 1));
}

/* The step below which rows have to go. */
static unsigned find_step(const struct figures *f)
{
    uint32_t counts[STEPS] = {0}, sum = 0;
    for (uint32_t i = 1; i < f->len; i++)
        if (!(f->rows[i].flags & FIGURES_TASK))
            counts[step_of(figures_dur_ns(&f->rows[i]))]++;
    unsigned step = 0;
    while (step < STEPS && sum < f->len / 4)
        sum += counts[step++];
    return step;
}

static void add_up(struct figures_left *left, const struct figures_row *row)
{
    left->count++;
    left->failed += figures_failed(row);
    if (__builtin_add_overflow(left->cpu_us, figures_cpu_us(row), &left->cpu_us))
        left->cpu_us = INT64_MAX;
    if (__builtin_add_overflow(left->dur_ns, figures_dur_ns(row), &left->dur_ns))
        left->dur_ns = INT64_MAX;
    left->longest_ns = MAX(left->longest_ns, figures_dur_ns(row));
}

int figures_leave_row_out(struct figures *f, const struct figures_row *row)
{
    if (!f->left)
        f->left = calloc(f->options.keys_max + 2, sizeof *f->left);
    if (!f->left)
        return -ENOMEM;
    if (!(row->flags & FIGURES_TASK))
        add_up(&f->left[row->key], row);
    f->left_out++;
    return 0;
}

int figures_leave_out(struct figures *f)
{
    unsigned step = find_step(f);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < f->len; i++) {
        const struct figures_row *row = &f->rows[i];
        bool stays = row->flags & (FIGURES_TASK | FIGURES_RUNS) || step_of(figures_dur_ns(row)) >= step;
        int err = stays ? 0 : figures_leave_row_out(f, row);
        if (err)
            return err;
        if (stays && f->options.moved)
            f->options.moved(f->options.moved_ctx, i, kept);
        if (stays)
            f->rows[kept++] = *row;
    }
    f->len = kept;
    return 0;
}
