/* SPDX-License-Identifier: MIT */
/* Replays of the run. How long a process takes does not depend on when it starts, so that each is replayed by itself, after its
 * children; slack is handed down the other way. */
#include "model/figures_free.h"

#include <errno.h>
#include <stdlib.h>

#include "base/own.h"

/* One replay. */
struct replay {
    const struct figures *f;
    figures_free_fn is_free;
    void *ctx;
    bool only_last;
    int64_t *ends; /* of each first row how long it took, then when it ended: ns from its parent's start */
};

/* Time of a process's own that is not free, up to a moment that only moves forward. */
struct worked {
    uint32_t image;
    bool is_free; /* that image */
    int64_t at_ns, ns;
};

static bool is_free(const struct replay *r, uint32_t row)
{
    return row != FIGURES_RUN && r->is_free && r->is_free(r->ctx, r->f, row);
}

static int64_t work_until(const struct replay *r, struct worked *w, int64_t at_ns)
{
    const struct figures_row *rows = r->f->rows;
    while (w->at_ns < at_ns) {
        uint32_t next = rows[w->image].next;
        int64_t until_ns = next ? MIN(rows[next].start_ns, at_ns) : at_ns;
        if (!w->is_free)
            w->ns += MAX(until_ns - w->at_ns, 0);
        w->at_ns = MAX(until_ns, w->at_ns);
        if (next && rows[next].start_ns <= w->at_ns) {
            w->image = next;
            w->is_free = is_free(r, next);
        }
    }
    return w->ns;
}

/* What a process waited for last: when that was, replayed, and how much it had worked by then. */
struct waited_for {
    int64_t replayed_ns, worked_ns;
};

/* A child's end counts. One that nobody was waiting for counts when it was reaped, if it had not ended by then. */
static void child_ended(const struct replay *r, struct worked *w, struct waited_for *last, uint32_t child)
{
    bool is_late = (r->f->rows[child].flags & FIGURES_LATE) != 0;
    int64_t worked_ns = work_until(r, w, figures_wait_ns(r->f, child)), end_ns = r->ends[child];
    if (is_late && r->only_last)
        return;
    if (is_late)
        end_ns = MAX(end_ns, last->replayed_ns + worked_ns - last->worked_ns);
    last->replayed_ns = r->only_last ? end_ns : MAX(last->replayed_ns, end_ns);
    last->worked_ns = worked_ns;
}

/* Counted, and without a duration: it starts at the moment at which it ends. */
static bool is_instant(const struct figures *f, uint32_t life)
{
    return f->rows[life].start_ns == figures_wait_ns(f, life);
}

static void child_started(const struct replay *r, struct worked *w, const struct waited_for *last, uint32_t child)
{
    int64_t worked_ns = work_until(r, w, r->f->rows[child].start_ns);
    r->ends[child] += last->replayed_ns + worked_ns - last->worked_ns;
}

/* How long the process takes. Its children start and end in the order in which they did; at the same moment ends come first. */
static int64_t replay_life(const struct replay *r, uint32_t life)
{
    const struct figures *f = r->f;
    uint32_t starts_len, waits_len, at = 0;
    const uint32_t *starts = figures_children(f, life, &starts_len), *waits = figures_waited(f, life, &waits_len);
    struct worked w = {.image = life, .is_free = is_free(r, life), .at_ns = f->rows[life].start_ns};
    struct waited_for last = {0};
    for (uint32_t i = 0; i < waits_len; i++) {
        int64_t until_ns = figures_wait_ns(f, waits[i]);
        for (; at < starts_len && f->rows[starts[at]].start_ns < until_ns; at++)
            if (f->rows[starts[at]].flags & FIGURES_COUNTED && !is_instant(f, starts[at]))
                child_started(r, &w, &last, starts[at]);
        if (is_instant(f, waits[i]))
            child_started(r, &w, &last, waits[i]);
        child_ended(r, &w, &last, waits[i]);
    }
    return last.replayed_ns + work_until(r, &w, f->rows[figures_last(f, life)].end_ns) - last.worked_ns;
}

static int64_t replay(const struct replay *r)
{
    for (uint32_t i = r->f->order_len; i-- > 0;)
        r->ends[r->f->order[i]] = replay_life(r, r->f->order[i]);
    return r->ends[FIGURES_RUN];
}

int figures_if_free(const struct figures *f, figures_free_fn is_free_fn, void *ctx, struct figures_saving *out)
{
    auto_free int64_t *ends = malloc(f->len * sizeof *ends);
    struct replay r = {.f = f, .is_free = is_free_fn, .ctx = ctx, .ends = ends};
    if (!ends)
        return -ENOMEM;
    out->least_ns = f->dur_ns - replay(&r);
    r.only_last = true;
    out->most_ns = f->dur_ns - replay(&r);
    return 0;
}

bool figures_free_key(void *ctx, const struct figures *f, uint32_t row)
{
    return f->rows[row].key == *(const uint32_t *)ctx;
}

bool figures_free_life(void *ctx, const struct figures *f, uint32_t row)
{
    return f->rows[row].life == *(const uint32_t *)ctx;
}

/* Tasks in tasks; the bound is for time. */
#define NESTED_MAX 100

bool figures_free_task(void *ctx, const struct figures *f, uint32_t row)
{
    uint32_t wanted = *(const uint32_t *)ctx, task = f->rows[row].task;
    for (int i = 0; task && task != wanted && i < NESTED_MAX; i++)
        task = f->rows[task].parent;
    return task == wanted;
}

/* Hands a process's slack down to its children. `left` is by how much the last end that counted may be later, from the end of
 * the process backwards: as much as the process itself, or as whatever started after that end; and more by the time up to the
 * next end, which had to be waited for anyway. */
static void slack_of_children(const struct figures *f, uint32_t life, int64_t *slack_ns)
{
    uint32_t starts_len, waits_len;
    const uint32_t *starts = figures_children(f, life, &starts_len), *waits = figures_waited(f, life, &waits_len);
    int64_t left_ns = slack_ns[life];
    for (uint32_t i = waits_len; i-- > 0;) {
        uint32_t child = waits[i];
        int64_t at_ns = figures_wait_ns(f, child), end_ns = f->rows[figures_last(f, child)].end_ns;
        int64_t before_ns = i ? figures_wait_ns(f, waits[i - 1]) : f->rows[life].start_ns;
        for (; starts_len && f->rows[starts[starts_len - 1]].start_ns >= at_ns; starts_len--)
            if (f->rows[starts[starts_len - 1]].flags & FIGURES_COUNTED && !is_instant(f, starts[starts_len - 1]))
                left_ns = MIN(left_ns, slack_ns[starts[starts_len - 1]]);
        slack_ns[child] = left_ns + at_ns - end_ns;
        if (!is_instant(f, child) && !(f->rows[child].flags & FIGURES_LATE))
            left_ns += at_ns - before_ns;
    }
}

void figures_slack(const struct figures *f, int64_t *slack_ns)
{
    for (uint32_t i = 0; i < f->len; i++)
        slack_ns[i] = SPAN_NONE;
    slack_ns[FIGURES_RUN] = 0;
    for (uint32_t i = 0; i < f->order_len; i++)
        if (slack_ns[f->order[i]] != SPAN_NONE)
            slack_of_children(f, f->order[i], slack_ns);
}
