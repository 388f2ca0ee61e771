/* SPDX-License-Identifier: MIT */
/* Stretches of work, and what is added up of them. */
#include "model/figures_time.h"

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
