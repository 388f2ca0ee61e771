/* SPDX-License-Identifier: MIT */
/* Idle gaps: what the union of all work leaves of the run. */
#include <errno.h>
#include <stdlib.h>

#include "base/own.h"
#include "model/figures_time.h"
#include "model/list.h"

#define BUSY_MAX 65536

struct stretch {
    int64_t from_ns, to_ns;
};

/* The union so far; when there are many, touching ones are joined, and if that is not enough the nearest. */
struct busy {
    const struct figures *f;
    struct stretch *list;
    size_t len, cap;
    int64_t gap_ns; /* so near is near enough, by now */
};

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_start(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;
    return compare(x->from_ns, y->from_ns);
}

/* Join all with at most `gap_ns` between them, once they are sorted. */
static void join_sorted(struct busy *b, int64_t gap_ns)
{
    size_t kept = 0;
    if (!b->len)
        return;
    for (size_t i = 1; i < b->len; i++) {
        if (b->list[i].from_ns - b->list[kept].to_ns <= gap_ns)
            b->list[kept].to_ns = MAX(b->list[kept].to_ns, b->list[i].to_ns);
        else
            b->list[++kept] = b->list[i];
    }
    b->len = kept + 1;
}

static void join(struct busy *b, int64_t gap_ns)
{
    if (b->len)
        qsort(b->list, b->len, sizeof *b->list, by_start);
    join_sorted(b, gap_ns);
}

/* Half of the room is made free. Sorting costs most, and is done once for all tries. */
static void make_room(struct busy *b)
{
    join(b, b->gap_ns);
    while (b->len > BUSY_MAX / 2) {
        b->gap_ns = b->gap_ns * 2 + 1000;
        join_sorted(b, b->gap_ns);
    }
}

static int take_work(void *ctx, uint32_t row, int64_t from_ns, int64_t to_ns)
{
    struct busy *b = ctx;
    if (row == FIGURES_RUN || b->f->rows[row].flags & FIGURES_WAITER)
        return 0;
    if (b->len && b->list[b->len - 1].to_ns == from_ns) {
        b->list[b->len - 1].to_ns = to_ns;
        return 0;
    }
    if (b->len >= BUSY_MAX)
        make_room(b);
    int err = list_grow(&b->list, b->len, &b->cap, sizeof *b->list);
    if (!err)
        b->list[b->len++] = (struct stretch){from_ns, to_ns};
    return err;
}

static int find_busy(const struct figures *f, struct busy *b)
{
    *b = (struct busy){.f = f};
    int err = figures_each_stretch(f, take_work, b);
    join(b, 0);
    return err;
}

int figures_idle(const struct figures *f, int64_t *idle_ns)
{
    struct busy b;
    int err = find_busy(f, &b);
    *idle_ns = f->dur_ns;
    for (size_t i = 0; i < b.len; i++)
        *idle_ns -= b.list[i].to_ns - b.list[i].from_ns;
    free(b.list);
    return err;
}

/* The longest so far, by falling length. */
static void keep_longest(struct figures_gap *gaps, size_t max, size_t *len, int64_t from_ns, int64_t to_ns)
{
    size_t at = *len;
    if (to_ns <= from_ns)
        return;
    while (at && gaps[at - 1].to_ns - gaps[at - 1].from_ns < to_ns - from_ns) {
        if (at < max)
            gaps[at] = gaps[at - 1];
        at--;
    }
    if (at < max)
        gaps[at] = (struct figures_gap){.from_ns = from_ns, .to_ns = to_ns};
    *len = MIN(*len + 1, max);
}

/* Being filled: gaps by time, and of each how much of it its waiter covers. */
struct filling {
    const struct figures *f;
    struct figures_gap *gaps;
    int64_t *covered_ns;
    size_t len;
};

/* The first gap that ends at that moment or later. */
static size_t first_gap(const struct filling *g, int64_t ns)
{
    size_t low = 0, high = g->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (g->gaps[middle].to_ns < ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void take_neighbour(const struct filling *g, struct figures_gap *gap, uint32_t row, int64_t from_ns,
                           int64_t to_ns)
{
    const struct figures_row *rows = g->f->rows;
    if (to_ns == gap->from_ns && (!gap->before || rows[gap->before].start_ns < rows[row].start_ns))
        gap->before = row;
    if (from_ns == gap->to_ns && (!gap->after || rows[gap->after].start_ns < rows[row].start_ns))
        gap->after = row;
}

static int take_stretch(void *ctx, uint32_t row, int64_t from_ns, int64_t to_ns)
{
    struct filling *g = ctx;
    bool waits = row == FIGURES_RUN || g->f->rows[row].flags & FIGURES_WAITER;
    for (size_t i = first_gap(g, from_ns); i < g->len && g->gaps[i].from_ns <= to_ns; i++) {
        struct figures_gap *gap = &g->gaps[i];
        int64_t shared_ns = MIN(gap->to_ns, to_ns) - MAX(gap->from_ns, from_ns);
        if (!waits)
            take_neighbour(g, gap, row, from_ns, to_ns);
        if (waits && row != FIGURES_RUN && shared_ns > g->covered_ns[i]) {
            g->covered_ns[i] = shared_ns;
            gap->during = row;
        }
    }
    return 0;
}

static int gap_by_time(const void *a, const void *b)
{
    const struct figures_gap *x = a, *y = b;
    return compare(x->from_ns, y->from_ns);
}

static int gap_by_length(const void *a, const void *b)
{
    const struct figures_gap *x = a, *y = b;
    int order = compare(y->to_ns - y->from_ns, x->to_ns - x->from_ns);
    return order ? order : gap_by_time(a, b);
}

static int fill(const struct figures *f, struct figures_gap *gaps, size_t len)
{
    auto_free int64_t *covered_ns = calloc(len + 1, sizeof *covered_ns);
    if (!covered_ns)
        return -ENOMEM;
    struct filling g = {f, gaps, covered_ns, len};
    qsort(gaps, len, sizeof *gaps, gap_by_time);
    int err = figures_each_stretch(f, take_stretch, &g);
    qsort(gaps, len, sizeof *gaps, gap_by_length);
    return err;
}

int figures_gaps(const struct figures *f, struct figures_gap *gaps, size_t max, size_t *len)
{
    struct busy b;
    int64_t from_ns = 0;
    int err = find_busy(f, &b);
    *len = 0;
    for (size_t i = 0; i <= b.len && max; i++) {
        int64_t to_ns = i < b.len ? b.list[i].from_ns : f->dur_ns;
        keep_longest(gaps, max, len, from_ns, to_ns);
        from_ns = i < b.len ? b.list[i].to_ns : to_ns;
    }
    free(b.list);
    return err || !*len ? err : fill(f, gaps, *len);
}
