/* SPDX-License-Identifier: MIT */
/* Processes at work over time: a curve, and its sums. */
#include <errno.h>
#include <stdlib.h>

#include "base/own.h"
#include "model/figures_time.h"

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
