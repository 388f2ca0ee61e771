/* SPDX-License-Identifier: MIT */
/* Sums by key. */
#include "model/figures_groups.h"

#include <errno.h>
#include <stdlib.h>

#include "base/own.h"
#include "model/figures_path.h"
#include "model/figures_time.h"

/* Being summed: a group for each key, and which rows have been met on the path. */
struct grouping {
    const struct figures *f;
    struct figures_group *groups;
    uint8_t *met; /* a bit a row */
};

static void add_to(int64_t *sum, int64_t more)
{
    if (__builtin_add_overflow(*sum, more, sum))
        *sum = INT64_MAX;
}

static void take_row(struct figures_group *group, const struct figures *f, uint32_t row)
{
    const struct figures_row *r = &f->rows[row];
    group->count++;
    group->failed += figures_failed(r);
    add_to(&group->cpu_us, figures_cpu_us(r));
    if (!group->longest || figures_dur_ns(r) > group->longest_ns) {
        group->longest = row;
        group->longest_ns = figures_dur_ns(r);
    }
}

/* What was left out had children that were left out as well, if any: its whole duration is more than its self time. */
static void take_left(struct figures_group *group, const struct figures_left *left)
{
    group->count += left->count;
    group->failed += left->failed;
    add_to(&group->cpu_us, left->cpu_us);
    add_to(&group->self_ns, left->dur_ns);
    if (left->longest_ns > group->longest_ns) {
        group->longest = FIGURES_RUN;
        group->longest_ns = left->longest_ns;
    }
}

static int take_self(void *ctx, uint32_t row, int64_t from_ns, int64_t to_ns)
{
    struct grouping *g = ctx;
    if (row != FIGURES_RUN)
        add_to(&g->groups[g->f->rows[row].key].self_ns, to_ns - from_ns);
    return 0;
}

static int take_piece(void *ctx, const struct figures_piece *piece)
{
    struct grouping *g = ctx;
    uint32_t row = piece->row;
    if (row == FIGURES_RUN)
        return 0;
    struct figures_group *group = &g->groups[g->f->rows[row].key];
    group->path_ns += piece->to_ns - piece->from_ns;
    group->path_count += !(g->met[row / 8] >> row % 8 & 1);
    g->met[row / 8] |= (uint8_t)(1u << row % 8);
    return 0;
}

static int by_key_and_duration(const void *a, const void *b, void *ctx)
{
    const struct figures *f = ctx;
    const struct figures_row *x = &f->rows[*(const uint32_t *)a], *y = &f->rows[*(const uint32_t *)b];
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    int64_t p = figures_dur_ns(x), q = figures_dur_ns(y);
    return (p > q) - (p < q);
}

/* The nearest rank: of 100, the 95th is p95. */
static int64_t rank(const struct figures *f, const uint32_t *rows, size_t len, unsigned percent)
{
    size_t at = (len * percent + 99) / 100;
    return figures_dur_ns(&f->rows[rows[at ? at - 1 : 0]]);
}

static int find_percentiles(struct grouping *g)
{
    const struct figures *f = g->f;
    auto_free uint32_t *rows = malloc(f->len * sizeof *rows);
    size_t len = 0;
    if (!rows)
        return -ENOMEM;
    for (uint32_t i = 1; i < f->len; i++)
        if (!(f->rows[i].flags & FIGURES_TASK))
            rows[len++] = i;
    qsort_r(rows, len, sizeof *rows, by_key_and_duration, (void *)(uintptr_t)f);
    for (size_t i = 0, end; i < len; i = end) {
        struct figures_group *group = &g->groups[f->rows[rows[i]].key];
        for (end = i; end < len && f->rows[rows[end]].key == f->rows[rows[i]].key; end++)
            ;
        group->p50_ns = rank(f, rows + i, end - i, 50);
        group->p95_ns = rank(f, rows + i, end - i, 95);
    }
    return 0;
}

static int by_cpu(const void *a, const void *b)
{
    const struct figures_group *x = a, *y = b;
    if (x->cpu_us != y->cpu_us)
        return x->cpu_us > y->cpu_us ? -1 : 1;
    if (x->self_ns != y->self_ns)
        return x->self_ns > y->self_ns ? -1 : 1;
    return (x->key > y->key) - (x->key < y->key);
}

static int sum_up(struct grouping *g)
{
    const struct figures *f = g->f;
    for (uint32_t i = 0; i < f->keys.len; i++)
        g->groups[i] = (struct figures_group){.key = i, .p50_ns = SPAN_NONE, .p95_ns = SPAN_NONE};
    for (uint32_t i = 1; i < f->len; i++)
        if (!(f->rows[i].flags & FIGURES_TASK))
            take_row(&g->groups[f->rows[i].key], f, i);
    for (uint32_t i = 0; f->left && i < f->keys.len; i++)
        take_left(&g->groups[i], &f->left[i]);
    int err = figures_each_stretch(f, take_self, g);
    return err ? err : figures_path_walk(f, take_piece, g);
}

int figures_group(const struct figures *f, unsigned what, struct figures_groups *out)
{
    *out = (struct figures_groups){0};
    auto_free uint8_t *met = calloc(f->len / 8 + 1, 1);
    struct grouping g = {.f = f, .groups = malloc((f->keys.len + 1) * sizeof *g.groups), .met = met};
    out->list = g.groups;
    if (!met || !g.groups)
        return -ENOMEM;
    int err = sum_up(&g);
    if (!err && what & FIGURES_PERCENTILES)
        err = find_percentiles(&g);
    for (uint32_t i = 0; i < f->keys.len && !err; i++)
        if (g.groups[i].count)
            out->list[out->len++] = g.groups[i];
    qsort(out->list, out->len, sizeof *out->list, by_cpu);
    return err;
}

void figures_groups_release(struct figures_groups *groups)
{
    free(groups->list);
    *groups = (struct figures_groups){0};
}
