/* SPDX-License-Identifier: MIT */
/* Tying rows together: who started whom, what one became by exec, whose end counted. Believes no row: whatever they say, each
 * process is below the run, and times are within it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "model/figures_ids.h"
#include "model/figures_parts.h"

#define NOWHERE UINT32_MAX
#define DUR_MAX_NS (INT64_C(1) << 56) /* two years: what times are added to can't overflow */

/* Rows by their ids. */
struct id_table {
    uint32_t *slots; /* open addressing; 0 = free */
    uint32_t mask;
};

static uint32_t *slot_of(const struct figures *f, const struct id_table *table, uint32_t id)
{
    for (uint32_t i = id * 2654435761u >> 7;; i++) {
        uint32_t *slot = &table->slots[i & table->mask];
        if (!*slot || f->rows[*slot].id == id)
            return slot;
    }
}

/* Of rows with the same id the first is meant. */
static int table_fill(const struct figures *f, struct id_table *table)
{
    uint32_t size = 16;
    while (size < f->len + f->len / 2)
        size *= 2;
    table->mask = size - 1;
    table->slots = calloc(size, sizeof *table->slots);
    if (!table->slots)
        return -ENOMEM;
    for (uint32_t i = 1; i < f->len; i++) {
        uint32_t *slot = slot_of(f, table, f->rows[i].id);
        if (!*slot)
            *slot = i;
    }
    return 0;
}

/* A process is started by a process, a task is within a task; nothing is its own parent. */
static int find_parents(struct figures *f)
{
    struct id_table table = {0};
    int err = table_fill(f, &table);
    for (uint32_t i = 1; i < f->len && !err; i++) {
        struct figures_row *row = &f->rows[i];
        uint32_t parent = row->parent_id ? *slot_of(f, &table, row->parent_id) : FIGURES_RUN;
        bool is_alike = parent && !((f->rows[parent].flags ^ row->flags) & FIGURES_TASK);
        row->parent = is_alike && parent != i ? parent : FIGURES_RUN;
    }
    free(table.slots);
    return err;
}

/* The latest moment that any row knows of. */
static int64_t latest_ns(const struct figures *f)
{
    int64_t latest = f->options.until_ns;
    for (uint32_t i = 1; i < f->len; i++)
        latest = MAX(latest, f->rows[i].end_ns);
    return latest;
}

static int64_t earliest_ns(const struct figures *f)
{
    int64_t earliest = f->len > 1 ? INT64_MAX : 0;
    for (uint32_t i = 1; i < f->len; i++)
        earliest = MIN(earliest, f->rows[i].start_ns);
    return earliest;
}

/* From Unix time to time in the run; of what went on when it ended, that is the end. */
static void find_times(struct figures *f)
{
    struct figures_row *run = &f->rows[FIGURES_RUN];
    f->start_ns = run->start_ns == SPAN_NONE ? earliest_ns(f) : run->start_ns;
    f->is_running = (run->flags & FIGURES_RUNS) != 0;
    f->dur_ns = MIN(MAX((f->is_running ? latest_ns(f) : run->end_ns) - f->start_ns, 0), DUR_MAX_NS);
    run->start_ns = 0;
    run->end_ns = f->dur_ns;
    run->id = run->parent_id = run->pid = 0;
    for (uint32_t i = 1; i < f->len; i++) {
        struct figures_row *row = &f->rows[i];
        row->start_ns = MIN(MAX(row->start_ns - f->start_ns, 0), f->dur_ns);
        row->end_ns = MIN(MAX(row->end_ns - f->start_ns, row->start_ns), f->dur_ns);
        if (row->flags & FIGURES_RUNS)
            row->end_ns = f->dur_ns;
    }
}

void figures_bucket(const struct figures *f, uint32_t (*of)(const struct figures *f, uint32_t row), uint32_t *at,
                    uint32_t *out)
{
    memset(at, 0, (f->len + 1) * sizeof *at);
    for (uint32_t i = 1; i < f->len; i++) {
        uint32_t to = of(f, i);
        if (to != NOWHERE)
            at[to + 1]++;
    }
    for (uint32_t i = 1; i <= f->len; i++)
        at[i] += at[i - 1];
    for (uint32_t i = 1; i < f->len; i++) { /* at[] moves on while each bucket fills, and is moved back */
        uint32_t to = of(f, i);
        if (to != NOWHERE)
            out[at[to]++] = i;
    }
    memmove(at + 1, at, f->len * sizeof *at);
    at[0] = 0;
}

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static uint32_t parent_of_process(const struct figures *f, uint32_t row)
{
    return f->rows[row].flags & FIGURES_TASK ? NOWHERE : f->rows[row].parent;
}

static int by_pid(const void *a, const void *b, void *ctx)
{
    const struct figures *f = ctx;
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    const struct figures_row *p = &f->rows[x], *q = &f->rows[y];
    int order = compare(p->pid, q->pid);
    if (!order)
        order = compare(p->start_ns, q->start_ns);
    if (!order)
        order = compare(p->end_ns, q->end_ns);
    return order ? order : compare(x, y);
}

/* Rows of one parent and pid, by time: one that ended by exec became the next. Pids are not needed any more. */
static void join(struct figures *f, const uint32_t *rows, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        struct figures_row *row = &f->rows[rows[i]], *next = i + 1 < len ? &f->rows[rows[i + 1]] : NULL;
        bool goes_on = next && row->pid && row->pid == next->pid && row->flags & FIGURES_EXECED;
        row->next = goes_on ? rows[i + 1] : FIGURES_RUN;
        if (goes_on) {
            next->life = row->life;
            row->end_ns = next->start_ns;
        }
    }
}

static void find_lives(struct figures *f)
{
    figures_bucket(f, parent_of_process, f->children_at, f->children);
    for (uint32_t i = 0; i < f->len; i++) {
        f->rows[i].life = i;
        if (f->rows[i].flags & FIGURES_TASK)
            f->rows[i].next = FIGURES_RUN;
    }
    for (uint32_t i = 0; i < f->len; i++) {
        uint32_t *rows = f->children + f->children_at[i], len = f->children_at[i + 1] - f->children_at[i];
        if (len > 1)
            qsort_r(rows, len, sizeof *rows, by_pid, f);
        join(f, rows, len);
    }
}

/* Hang a process on the run, with all its images. */
static void orphan(struct figures *f, uint32_t life)
{
    for (uint32_t i = life; i; i = f->rows[i].next)
        f->rows[i].parent = FIGURES_RUN;
}

/* Follow parents up to the run, leaving a trace; whoever meets his own trace has walked in a circle, and is hung on the run. */
static void cut_circles(struct figures *f, uint32_t *trace)
{
    memset(trace, 0, f->len * sizeof *trace);
    for (uint32_t i = 1; i < f->len; i++) {
        uint32_t at = f->rows[i].life;
        for (; at && !trace[at]; at = figures_parent_life(f, at))
            trace[at] = i;
        if (at && trace[at] == i)
            orphan(f, at);
    }
}

static uint32_t parent_of_life(const struct figures *f, uint32_t row)
{
    const struct figures_row *r = &f->rows[row];
    return r->flags & FIGURES_TASK || r->life != row ? NOWHERE : figures_parent_life(f, row);
}

static void find_order(struct figures *f)
{
    f->order[0] = FIGURES_RUN;
    f->order_len = 1;
    for (uint32_t i = 0; i < f->order_len; i++) {
        uint32_t len;
        const uint32_t *children = figures_children(f, f->order[i], &len);
        memcpy(f->order + f->order_len, children, len * sizeof *children);
        f->order_len += len;
    }
}

/* Of what nobody in the run started somebody else waited, who is not here; unless it outlived the run, or nobody knows. While
 * the run goes on, who runs is waited for by one who runs. */
static bool counts(const struct figures *f, uint32_t life)
{
    const struct figures_row *last = &f->rows[figures_last(f, life)];
    uint32_t parent = figures_parent_life(f, life);
    if (last->flags & FIGURES_RUNS)
        return f->is_running && f->rows[figures_last(f, parent)].flags & FIGURES_RUNS;
    if (parent == FIGURES_RUN)
        return !(last->flags & FIGURES_LEAST) || last->end_ns == f->dur_ns;
    return (last->flags & FIGURES_REAPED) != 0;
}

/* The images of a life follow each other, within these bounds. */
static void clamp(struct figures *f, uint32_t life, int64_t from_ns, int64_t to_ns)
{
    for (uint32_t i = life; i; i = f->rows[i].next) {
        struct figures_row *row = &f->rows[i];
        row->start_ns = MIN(MAX(row->start_ns, from_ns), to_ns);
        if (row->next)
            row->end_ns = f->rows[row->next].start_ns;
        row->end_ns = MIN(MAX(row->end_ns, row->start_ns), to_ns);
        from_ns = row->end_ns;
    }
}

static void find_counted(struct figures *f)
{
    for (uint32_t i = 1; i < f->order_len; i++) {
        uint32_t life = f->order[i], parent = figures_parent_life(f, life);
        bool is_counted = counts(f, life);
        if (is_counted)
            clamp(f, life, f->rows[parent].start_ns, f->rows[figures_last(f, parent)].end_ns);
        else
            clamp(f, life, 0, f->dur_ns);
        f->rows[life].flags |= is_counted ? FIGURES_COUNTED : 0;
    }
}

static int by_start(const void *a, const void *b, void *ctx)
{
    const struct figures *f = ctx;
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = compare(f->rows[x].start_ns, f->rows[y].start_ns);
    return order ? order : compare(x, y);
}

/* Among siblings by start: the start of the first one that began after that moment, or INT64_MAX. */
static int64_t next_start(const struct figures *f, const uint32_t *siblings, uint32_t len, int64_t after_ns)
{
    uint32_t low = 0, high = len;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (f->rows[siblings[middle]].start_ns <= after_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low < len ? f->rows[siblings[low]].start_ns : INT64_MAX;
}

static void find_late(struct figures *f, const uint32_t *siblings, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        struct figures_row *first = &f->rows[siblings[i]];
        const struct figures_row *last = &f->rows[figures_last(f, siblings[i])];
        int64_t reaped_ns = last->end_ns + (int64_t)last->reap_us * 1000;
        if (first->flags & FIGURES_COUNTED && last->reap_us && next_start(f, siblings, len, last->end_ns) < reaped_ns)
            first->flags |= FIGURES_LATE;
    }
}

static uint32_t waiter_of_life(const struct figures *f, uint32_t row)
{
    return f->rows[row].flags & FIGURES_COUNTED ? parent_of_life(f, row) : NOWHERE;
}

/* By the moment that it counts; of several at once the one that started last comes last. */
static int by_wait(const void *a, const void *b, void *ctx)
{
    const struct figures *f = ctx;
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = compare(figures_wait_ns(f, x), figures_wait_ns(f, y));
    if (!order)
        order = compare(f->rows[x].start_ns, f->rows[y].start_ns);
    return order ? order : compare(x, y);
}

static void sort_children(struct figures *f)
{
    for (uint32_t i = 0; i < f->len; i++) {
        uint32_t *children = f->children + f->children_at[i], len = f->children_at[i + 1] - f->children_at[i];
        if (len > 1)
            qsort_r(children, len, sizeof *children, by_start, f);
        find_late(f, children, len);
    }
    figures_bucket(f, waiter_of_life, f->waited_at, f->waited);
    for (uint32_t i = 0; i < f->len; i++)
        if (f->waited_at[i + 1] - f->waited_at[i] > 1)
            qsort_r(f->waited + f->waited_at[i], f->waited_at[i + 1] - f->waited_at[i], sizeof *f->waited, by_wait, f);
}

static int make_room(struct figures *f)
{
    f->children = malloc(f->len * sizeof *f->children);
    f->children_at = malloc((f->len + 1) * sizeof *f->children_at);
    f->waited = malloc(f->len * sizeof *f->waited);
    f->waited_at = malloc((f->len + 1) * sizeof *f->waited_at);
    f->order = malloc(f->len * sizeof *f->order);
    return f->children && f->children_at && f->waited && f->waited_at && f->order ? 0 : -ENOMEM;
}

int figures_link(struct figures *f)
{
    auto_free uint32_t *owners = f->tasks ? calloc(f->len, sizeof *owners) : NULL;
    find_times(f);
    int err = f->tasks && !owners ? -ENOMEM : find_parents(f);
    if (!err && f->tasks)
        err = figures_tasks_own(f, owners);
    if (!err)
        err = make_room(f);
    if (err)
        return err;
    figures_names_release(&f->ids->texts);
    find_lives(f);
    cut_circles(f, f->order);
    figures_bucket(f, parent_of_life, f->children_at, f->children);
    find_order(f);
    find_counted(f);
    sort_children(f);
    return figures_tasks_link(f, owners);
}
