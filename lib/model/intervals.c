/* SPDX-License-Identifier: MIT */
/* Intervals are collected as they come; when there are many they are sorted and merged. */
#include "model/intervals.h"

#include <stdlib.h>

#include "model/list.h"

void intervals_release(struct intervals *set)
{
    free(set->list);
    *set = (struct intervals){0};
}

static int by_start(const void *a, const void *b)
{
    const struct interval *x = a, *y = b;
    return (x->start_ns > y->start_ns) - (x->start_ns < y->start_ns);
}

/* Let `into` hold `more` as well, which starts no earlier. Where in it the gaps of each are is not known. */
static void join(struct interval *into, const struct interval *more)
{
    int64_t shared = MIN(into->end_ns, more->end_ns) - more->start_ns;
    int64_t sum = into->covered_ns + more->covered_ns - MAX(shared, 0);
    into->end_ns = MAX(into->end_ns, more->end_ns);
    into->covered_ns = MAX(sum, MAX(into->covered_ns, more->covered_ns));
}

/* Sort, and join all with at most `gap_ns` between them. */
static void merge(struct intervals *set, int64_t gap_ns)
{
    size_t kept = 0;
    qsort(set->list, set->len, sizeof *set->list, by_start);
    for (size_t i = 1; i < set->len; i++) {
        if (set->list[i].start_ns - set->list[kept].end_ns <= gap_ns)
            join(&set->list[kept], &set->list[i]);
        else
            set->list[++kept] = set->list[i];
    }
    set->len = kept + 1;
}

/* Half of the room is made free, with the least gap that does it. */
static void make_room(struct intervals *set)
{
    for (int64_t gap_ns = 0; set->len > INTERVALS_MAX / 2; gap_ns = gap_ns * 2 + 1000)
        merge(set, gap_ns);
}

int intervals_add(struct intervals *set, int64_t start_ns, int64_t end_ns)
{
    if (end_ns <= start_ns)
        return 0;
    if (set->len == INTERVALS_MAX)
        make_room(set);
    int err = list_grow(&set->list, set->len, &set->cap, sizeof *set->list);
    if (!err)
        set->list[set->len++] = (struct interval){start_ns, end_ns, end_ns - start_ns};
    return err;
}

int64_t intervals_covered(struct intervals *set)
{
    int64_t sum = 0;
    if (set->len)
        merge(set, 0);
    for (size_t i = 0; i < set->len; i++)
        sum += set->list[i].covered_ns;
    return sum;
}
