/* SPDX-License-Identifier: MIT */
/* Which lane a bar is drawn in. A process lies on its parent as long as no other child of it runs, so that a
 * chain of commands reads as one stack; what runs beside others gets the first lane that is free. All images
 * of a process are in one lane. */
#include <errno.h>
#include <stdlib.h>

#include "base/own.h"
#include "export/heap.h"
#include "export/timeline.h"

/* Free lanes that are looked at before a new one is opened. */
#define TRIES 8

struct lane {
    uint32_t top;      /* the bar that goes on, with others below it */
    int64_t edge_ns;   /* when the latest bar ended */
    uint32_t edge_bar; /* the last of those that ended then, in the order of the rows */
};

/* The lanes of one group. */
struct group {
    struct timeline *t;
    struct lane *lanes; /* from 1 */
    uint32_t len, cap;
    struct heap busy; /* by the end of the process at the bottom */
    struct heap free; /* by number */
};

/* Take the bars off the lane that have ended by then. */
static void settle(const struct group *g, struct lane *lane, int64_t now_ns)
{
    while (lane->top && g->t->bars[lane->top].end_ns <= now_ns) {
        const struct timeline_bar *bar = &g->t->bars[lane->top];
        if (bar->end_ns > lane->edge_ns) {
            lane->edge_ns = bar->end_ns;
            lane->edge_bar = 0;
        }
        lane->edge_bar = MAX(lane->edge_bar, lane->top);
        lane->top = bar->below;
    }
}

/* May a bar begin here, after what has just ended? Of two that touch, the row of the first must come first.
 */
static bool clears_edge(const struct lane *lane, uint32_t at, int64_t start_ns)
{
    return lane->edge_ns < start_ns || lane->edge_bar < at;
}

static void put_on(struct group *g, uint32_t at, uint32_t number)
{
    struct timeline_bar *bar = &g->t->bars[at];
    struct lane *lane = &g->lanes[number];
    bar->lane = number;
    bar->below = lane->top;
    if (lane->top && g->t->bars[lane->top].start_ns == bar->start_ns)
        g->t->bars[lane->top].capped = true;
    bar->depth = lane->top ? (uint16_t)(g->t->bars[lane->top].depth + 1) : 0;
    lane->top = at;
}

/* Put a process, all of it, on the bar that started it. False when it does not fit. */
static bool lie_on_parent(struct group *g, uint32_t at)
{
    const struct timeline_bar *bar = &g->t->bars[at], *parent = &g->t->bars[bar->parent];
    if (!bar->parent || !bar->alone || !parent->lane || parent->depth >= TIMELINE_DEPTH_MAX)
        return false;
    /* until the parent's next image begins it must be over: their rows may be in either order */
    if (bar->life_end_ns > parent->end_ns || (parent->after && bar->life_end_ns == parent->end_ns))
        return false;
    struct lane *lane = &g->lanes[parent->lane];
    settle(g, lane, bar->start_ns);
    if (lane->top != bar->parent || !clears_edge(lane, at, bar->start_ns))
        return false;
    put_on(g, at, parent->lane);
    return true;
}

static int new_lane(struct group *g, uint32_t *number)
{
    if (g->len + 1 >= g->cap) {
        uint32_t cap = g->cap * 2;
        struct lane *lanes = realloc(g->lanes, cap * sizeof *lanes);
        if (!lanes)
            return -ENOMEM;
        g->lanes = lanes;
        g->cap = cap;
    }
    *number = ++g->len;
    g->lanes[*number] = (struct lane){.edge_ns = INT64_MIN};
    return 0;
}

static int free_lanes(struct group *g, int64_t now_ns)
{
    while (g->busy.len && g->busy.entries[0].key <= now_ns) {
        uint32_t number = heap_pop(&g->busy).value;
        int err = heap_push(&g->free, number, number);
        if (err)
            return err;
        settle(g, &g->lanes[number], now_ns);
    }
    return 0;
}

/* The lowest free lane that will do; those that were tried stay free. */
static int find_lane(struct group *g, uint32_t at, int64_t start_ns, uint32_t *number)
{
    struct heap_entry tried[TRIES];
    size_t len = 0;
    int err = free_lanes(g, start_ns);
    for (*number = 0; !err && !*number && len < TRIES && g->free.len;) {
        struct heap_entry entry = heap_pop(&g->free);
        /* an image that ended as it began may have come after its lane was free */
        settle(g, &g->lanes[entry.value], start_ns);
        if (clears_edge(&g->lanes[entry.value], at, start_ns))
            *number = entry.value;
        else
            tried[len++] = entry;
    }
    while (!err && len--)
        err = heap_push(&g->free, tried[len].key, tried[len].value);
    return err || *number ? err : new_lane(g, number);
}

static int place(struct group *g, uint32_t at)
{
    struct timeline_bar *bar = &g->t->bars[at];
    uint32_t number = g->t->bars[bar->head].lane;
    if (bar->head != at) {
        settle(g, &g->lanes[number], bar->start_ns);
        put_on(g, at, number);
        return 0;
    }
    if (lie_on_parent(g, at))
        return 0;
    int err = find_lane(g, at, bar->start_ns, &number);
    if (err)
        return err;
    put_on(g, at, number);
    return heap_push(&g->busy, bar->life_end_ns, number);
}

/* Find the processes beside which no sibling runs, and the tasks alike. By rising start it is enough to
 * compare each with the one before it that ends last: of two earlier ones that are still running, the later
 * has been compared already. */
static int find_alone(struct timeline *t)
{
    auto_free uint32_t *latest = calloc(t->len, sizeof *latest);
    if (!latest)
        return -ENOMEM;
    for (uint32_t i = 0; i + 1 < t->len; i++) {
        struct timeline_bar *bar = &t->bars[t->order[i]];
        if (bar->head != t->order[i])
            continue;
        struct timeline_bar *other = &t->bars[latest[bar->parent]];
        bar->alone = !latest[bar->parent] || other->life_end_ns <= bar->start_ns;
        if (!bar->alone)
            other->alone = false;
        if (!latest[bar->parent] || bar->life_end_ns > other->life_end_ns)
            latest[bar->parent] = t->order[i];
    }
    return 0;
}

int timeline_assign_lanes(struct timeline *t)
{
    struct group groups[TIMELINE_GROUPS] = {{.t = t, .cap = 64}, {.t = t, .cap = 64}};
    int err = find_alone(t);
    for (int i = 0; i < TIMELINE_GROUPS; i++) {
        groups[i].lanes = calloc(groups[i].cap, sizeof *groups[i].lanes);
        if (!groups[i].lanes)
            err = -ENOMEM;
    }
    for (uint32_t i = 0; !err && i + 1 < t->len; i++)
        err = place(&groups[timeline_group_of(&t->bars[t->order[i]])], t->order[i]);
    for (int i = 0; i < TIMELINE_GROUPS; i++) {
        t->lanes[i] = groups[i].len;
        free(groups[i].lanes);
        heap_release(&groups[i].busy);
        heap_release(&groups[i].free);
    }
    return err;
}
