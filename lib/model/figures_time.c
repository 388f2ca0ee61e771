/* SPDX-License-Identifier: MIT */
/* Stretches of work, and what is added up of them. */
#include "model/figures_time.h"

#include <errno.h>
#include <stdlib.h>

#include "base/own.h"

/* Of its self time a process that is at work uses at least this share of CPU. */
#define WORKING_PERCENT 5

/* Being walked: the images of one process. */
struct images {
    const struct figures *f;
    uint32_t at;
    figures_stretch_fn each;
    void *ctx;
};

/* A stretch of the process is one of each of its images in it. Called by rising time. */
static int cut_by_image(struct images *p, int64_t from_ns, int64_t to_ns)
{
    const struct figures_row *rows = p->f->rows;
    while (from_ns < to_ns) {
        uint32_t next = rows[p->at].next;
        if (next && rows[next].start_ns <= from_ns) {
            p->at = next;
            continue;
        }
        int64_t until_ns = next ? MIN(rows[next].start_ns, to_ns) : to_ns;
        int stop = p->each(p->ctx, p->at, from_ns, until_ns);
        if (stop)
            return stop;
        from_ns = until_ns;
    }
    return 0;
}

static int stretches_of(const struct figures *f, uint32_t life, figures_stretch_fn each, void *ctx)
{
    struct images p = {f, life, each, ctx};
    uint32_t len;
    const uint32_t *children = figures_children(f, life, &len);
    int64_t free_from_ns = f->rows[life].start_ns, end_ns = f->rows[figures_last(f, life)].end_ns;
    int stop = 0;
    for (uint32_t i = 0; i < len && !stop; i++) {
        stop = cut_by_image(&p, free_from_ns, MIN(f->rows[children[i]].start_ns, end_ns));
        free_from_ns = MAX(free_from_ns, f->rows[figures_last(f, children[i])].end_ns);
    }
    return stop ? stop : cut_by_image(&p, free_from_ns, end_ns);
}

int figures_each_stretch(const struct figures *f, figures_stretch_fn each, void *ctx)
{
    int stop = 0;
    for (uint32_t i = 0; i < f->order_len && !stop; i++)
        stop = stretches_of(f, f->order[i], each, ctx);
    return stop;
}

/* Self time of the row whose stretches are coming in, and of all when that is asked for. */
struct timing {
    struct figures *f;
    int64_t *self_ns;
    uint32_t row;
    int64_t ns;
};

/* Whose CPU is not known works, unless nobody waited for it either: what is said of it then is nothing. */
static bool mostly_waits(const struct figures *f, uint32_t row, int64_t self_ns)
{
    const struct figures_row *r = &f->rows[row];
    if (!(r->flags & FIGURES_CPU))
        return !(f->rows[r->life].flags & FIGURES_COUNTED);
    return figures_cpu_us(r) < self_ns / 1000 * WORKING_PERCENT / 100;
}

static void row_is_done(struct timing *t)
{
    if (t->row && mostly_waits(t->f, t->row, t->ns))
        t->f->rows[t->row].flags |= FIGURES_WAITER;
    if (t->self_ns)
        t->self_ns[t->row] += t->ns;
    t->ns = 0;
}

static int take_time(void *ctx, uint32_t row, int64_t from_ns, int64_t to_ns)
{
    struct timing *t = ctx;
    if (t->row != row)
        row_is_done(t);
    t->row = row;
    t->ns += to_ns - from_ns;
    return 0;
}

void figures_times(struct figures *f, int64_t *self_ns)
{
    struct timing t = {.f = f, .self_ns = self_ns};
    for (uint32_t i = 0; i < f->len; i++)
        f->rows[i].flags &= (uint16_t)~FIGURES_WAITER;
    int never = figures_each_stretch(f, take_time, &t);
    (void)never;
    row_is_done(&t);
}

/* How much work falls into each part of the run. Of a stretch over several parts its ends are added here and there, and the
 * whole parts in between as a step up and a step down. */
struct curve {
    int64_t *part_ns, *steps;
    size_t len;
    int64_t dur_ns;
    int64_t work_ns;
};

/* Where part `at` begins: at / len of the duration, without overflow. */
static int64_t part_start(const struct curve *c, size_t at)
{
    int64_t len = (int64_t)c->len, n = (int64_t)at;
    return c->dur_ns / len * n + c->dur_ns % len * n / len;
}

static size_t part_of(const struct curve *c, int64_t ns)
{
    size_t at = MIN((size_t)((double)ns / (double)c->dur_ns * (double)c->len), c->len - 1);
    while (at + 1 < c->len && part_start(c, at + 1) <= ns)
        at++;
    while (at && part_start(c, at) > ns)
        at--;
    return at;
}

/* A forged run may hold a million processes of two years each. */
static void add_to(int64_t *sum, int64_t more)
{
    if (__builtin_add_overflow(*sum, more, sum))
        *sum = INT64_MAX;
}

static int take_work(void *ctx, uint32_t row, int64_t from_ns, int64_t to_ns)
{
    struct curve *c = ctx;
    if (row == FIGURES_RUN)
        return 0;
    add_to(&c->work_ns, to_ns - from_ns);
    if (!c->len || !c->dur_ns)
        return 0;
    size_t first = part_of(c, from_ns), last = part_of(c, to_ns - 1);
    if (first == last) {
        add_to(&c->part_ns[first], to_ns - from_ns);
        return 0;
    }
    add_to(&c->part_ns[first], part_start(c, first + 1) - from_ns);
    add_to(&c->part_ns[last], to_ns - part_start(c, last));
    c->steps[first + 1]++;
    c->steps[last]--;
    return 0;
}

/* In hundredths, rounded. */
static int64_t centi(int64_t ns, int64_t of_ns)
{
    return of_ns ? (int64_t)MIN((double)ns * 100 / (double)of_ns + 0.5, 1e18) : 0;
}

static int64_t finish_curve(const struct curve *c, int64_t *curve)
{
    int64_t level = 0, most = 0;
    for (size_t i = 0; i < c->len; i++) {
        int64_t length = part_start(c, i + 1) - part_start(c, i);
        level += c->steps[i];
        curve[i] = level * 100 + centi(c->part_ns[i], length);
        most = MAX(most, curve[i]);
    }
    return most;
}

int figures_parallelism(const struct figures *f, int64_t *curve, size_t buckets, struct figures_parallelism *out)
{
    auto_free int64_t *parts = calloc(2 * buckets + 1, sizeof *parts);
    struct curve c = {.part_ns = parts, .steps = parts + buckets, .len = buckets, .dur_ns = f->dur_ns};
    if (!parts)
        return -ENOMEM;
    *out = (struct figures_parallelism){0};
    int err = figures_each_stretch(f, take_work, &c);
    for (uint32_t i = 1; i < f->len; i++)
        add_to(&out->cpu_us, figures_cpu_us(&f->rows[i]));
    out->work_ns = c.work_ns;
    out->mean_centi = centi(c.work_ns, f->dur_ns);
    out->most_centi = finish_curve(&c, curve);
    out->busy_centi = centi(out->cpu_us, f->dur_ns / 1000);
    return err ? err : figures_idle(f, &out->idle_ns);
}

struct figures_edges figures_edges(const struct figures *f, uint32_t life)
{
    uint32_t len;
    const uint32_t *children = figures_children(f, life, &len);
    int64_t end_ns = f->rows[figures_last(f, life)].end_ns, last_ns = 0;
    if (!len)
        return (struct figures_edges){SPAN_NONE, SPAN_NONE};
    for (uint32_t i = 0; i < len; i++)
        last_ns = MAX(last_ns, f->rows[figures_last(f, children[i])].end_ns);
    int64_t first_ns = MIN(f->rows[children[0]].start_ns, end_ns);
    return (struct figures_edges){MAX(first_ns - f->rows[life].start_ns, 0), MAX(end_ns - last_ns, 0)};
}
