/* SPDX-License-Identifier: MIT */
/* Pairs marks and answers which task covers what. Knows no files and no rows. */
#include "model/tasks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/list.h"
#include "model/open_tasks.h"

static void order_release(struct tasks_order *o)
{
    free(o->places);
    free(o->ends);
}

void tasks_release(struct tasks *t)
{
    for (size_t i = 0; i < t->len; i++)
        free(t->list[i].name);
    free(t->list);
    order_release(&t->all);
    order_release(&t->owned);
    free(t->idle.to);
    free(t->chains);
    *t = TASKS_EMPTY;
}

static int tasks_start(struct tasks *t, const struct mark *mark)
{
    if (t->len == TASKS_MAX) {
        t->dropped++;
        return 0;
    }
    if (list_grow(&t->list, t->len, &t->cap, sizeof *t->list))
        return -ENOMEM;
    char *name = strdup(mark->name);
    if (!name)
        return -ENOMEM;
    t->list[t->len] = (struct task){.name = name,
                                    .start_ns = mark->time_ns,
                                    .end_ns = INT64_MAX,
                                    .pid = mark->pid,
                                    .ppid = mark->ppid,
                                    .parent = TASKS_NONE,
                                    .status = -1};
    t->len++;
    return open_tasks_add(t);
}

int tasks_add(struct tasks *t, const struct mark *mark, struct task **closed)
{
    if (closed)
        *closed = NULL;
    if (mark->verb == MARK_START)
        return tasks_start(t, mark);
    if (mark->verb != MARK_END)
        return 0;
    size_t open = open_tasks_find(t, mark);
    if (open == TASKS_NONE) {
        t->stray_ends++;
        return 0;
    }
    struct task *task = &t->list[open];
    task->end_ns = MAX(mark->time_ns, task->start_ns);
    task->status = mark->has_status ? mark->status : -1;
    open_tasks_remove(t, open);
    if (closed)
        *closed = task;
    return 0;
}

static int place_order(const void *a, const void *b)
{
    const struct tasks_place *x = a, *y = b;
    if (x->owner != y->owner)
        return x->owner < y->owner ? -1 : 1;
    if (x->start_ns != y->start_ns)
        return x->start_ns < y->start_ns ? -1 : 1;
    return (x->task > y->task) - (x->task < y->task);
}

static int order_make(struct tasks_order *o, const struct tasks *t, bool by_owner)
{
    for (o->size = 1; o->size < t->len;)
        o->size *= 2;
    o->places = calloc(t->len, sizeof *o->places);
    o->ends = calloc(2 * o->size, sizeof *o->ends);
    if (!o->places || !o->ends)
        return -ENOMEM;
    for (size_t i = 0; i < t->len; i++)
        o->places[i] = (struct tasks_place){by_owner ? t->list[i].owner : 0, (uint32_t)i, t->list[i].start_ns};
    qsort(o->places, t->len, sizeof *o->places, place_order);
    for (size_t i = 0; i < t->len; i++)
        o->ends[o->size + i] = t->list[o->places[i].task].end_ns;
    for (size_t i = o->size; i-- > 1;)
        o->ends[i] = MAX(o->ends[2 * i], o->ends[2 * i + 1]);
    return 0;
}

/* How many places come before that one, which need not be there. */
static size_t places_before(const struct tasks_order *o, size_t len, const struct tasks_place *place)
{
    size_t low = 0, high = len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (place_order(&o->places[middle], place) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The last of the first `high` places whose task was open at `at_ns`, or TASKS_NONE: from node to node leftwards until one has
 * such a task below it, then down to its last one. */
static size_t last_open(const struct tasks_order *o, size_t high, int64_t at_ns)
{
    size_t node = o->size + high - 1;
    if (!high)
        return TASKS_NONE;
    while (o->ends[node] <= at_ns) {
        while (!(node & 1))
            node /= 2;
        if (node == 1)
            return TASKS_NONE;
        node--;
    }
    while (node < o->size)
        node = 2 * node + (o->ends[2 * node + 1] > at_ns);
    return node - o->size;
}

/* The innermost task of that owner that is open when `when` starts and comes before it, or NULL. */
static const struct tasks_place *innermost_of(const struct tasks *t, const struct tasks_order *o, uint32_t owner,
                                              const struct tasks_place *when)
{
    const struct tasks_place place = {owner, when->task, when->start_ns};
    size_t at = last_open(o, places_before(o, t->len, &place), when->start_ns);
    return at != TASKS_NONE && o->places[at].owner == owner ? &o->places[at] : NULL;
}

static bool is_later(const struct tasks_place *one, const struct tasks_place *other)
{
    return one->start_ns != other->start_ns ? one->start_ns > other->start_ns : one->task > other->task;
}

/* Whether anything is known of tasks of that owner. */
static bool owns_any(const struct tasks *t, uint32_t owner)
{
    const struct tasks_place first = {owner, 0, INT64_MIN};
    size_t at = places_before(&t->owned, t->len, &first);
    return at < t->len && t->owned.places[at].owner == owner;
}

/* A process belongs to tasks of its ancestors, and to those of nobody known; whose own place is not known, to any. Ancestors without
 * tasks are passed over for good, so that a line of a million generations costs no more than its length. */
static size_t tasks_innermost(const struct tasks *t, const struct lineage *lineage, uint32_t ref,
                              const struct tasks_place *when)
{
    const struct tasks_place *best = t->len ? innermost_of(t, ref ? &t->owned : &t->all, 0, when) : NULL;
    bool are_owned = t->len && t->owned.places[t->len - 1].owner;
    for (int owners = 0; are_owned && owners < TASKS_OWNERS_TRIED;) {
        ref = lineage_skips_next(&t->idle, lineage, ref);
        if (!ref)
            break;
        if (!owns_any(t, ref)) {
            lineage_skips_pass(&t->idle, lineage, ref);
            continue;
        }
        const struct tasks_place *one = innermost_of(t, &t->owned, ref, when);
        if (one && (!best || is_later(one, best)))
            best = one;
        ref = lineage_up(lineage, ref);
        owners++;
    }
    return best ? best->task : TASKS_NONE;
}

/* Of two that start in the same instant the one marked first is outside. */
int tasks_nest(struct tasks *t, struct lineage *lineage)
{
    int err = t->len ? order_make(&t->all, t, false) : 0;
    if (!err && t->len)
        err = order_make(&t->owned, t, true);
    if (!err && t->len)
        err = lineage_skips_init(&t->idle, lineage);
    for (size_t i = 0; i < t->len && !err; i++) {
        const struct tasks_place when = {.task = (uint32_t)i, .start_ns = t->list[i].start_ns};
        t->list[i].parent = tasks_innermost(t, lineage, t->list[i].owner, &when);
    }
    return err;
}

size_t tasks_find(const struct tasks *t, const struct lineage *lineage, uint32_t ref, int64_t at_ns)
{
    const struct tasks_place when = {.task = UINT32_MAX, .start_ns = at_ns};
    return tasks_innermost(t, lineage, ref, &when);
}
