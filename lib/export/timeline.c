/* SPDX-License-Identifier: MIT */
/* Taking rows in, finding parents, joining the images of a process. Owns the bars. */
#include "export/timeline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_write.h"
#include "base/own.h"
#include "export/hash.h"
#include "export/escape.h"

#define NAME_MAX_BYTES 200

int timeline_init(struct timeline *t, const struct summary *s, bool keep_names)
{
    uint32_t none;
    /* no time before 1970, so that no difference of two overflows */
    *t = (struct timeline){.start_ns = MAX(s->start_ns, 0), .len = 1, .cap = 64, .keep_names = keep_names};
    if (__builtin_add_overflow(t->start_ns, MAX(s->dur_ns, 0), &t->latest_ns))
        t->latest_ns = INT64_MAX;
    t->bars = calloc(t->cap, sizeof *t->bars);
    return t->bars ? intern_put(&t->names, "", 0, &none) : -ENOMEM;
}

void timeline_release(struct timeline *t)
{
    free(t->bars);
    free(t->order);
    intern_release(&t->names);
    *t = (struct timeline){0};
}

bool timeline_is_bar(const struct span *span)
{
    return span->kind != SPAN_MARK;
}

static int grow(struct timeline *t)
{
    if (t->len < t->cap)
        return 0;
    if (t->len >= TIMELINE_BARS_MAX)
        return -EFBIG;
    struct timeline_bar *bars = realloc(t->bars, (size_t)t->cap * 2 * sizeof *bars);
    if (!bars)
        return -ENOMEM;
    t->bars = bars;
    t->cap *= 2;
    return 0;
}

static uint64_t hash_id(const char *id)
{
    return id ? hash_bytes(id, strlen(id)) : 0;
}

/* A frame's name is cut, and one line of text: it is repeated once for each stack that it stands in. */
static int keep_name(struct timeline *t, const char *text, uint32_t *number)
{
    auto_buf line = BUF_EMPTY;
    if (!t->keep_names || !text)
        return 0;
    text_put_cut(&line, text, NAME_MAX_BYTES);
    int err = buf_error(&line);
    return err ? err : intern_put(&t->names, buf_text(&line), line.len, number);
}

/* Rows come from a store, so nothing is believed: times are put in order, and a missing end is found later.
 */
static void set_times(struct timeline *t, struct timeline_bar *bar, const struct span *span)
{
    bar->start_ns = MAX(span->start_ns, t->start_ns);
    if (span->dur_ns == SPAN_NONE)
        bar->end_ns = SPAN_NONE;
    else if (__builtin_add_overflow(span->start_ns, MAX(span->dur_ns, 0), &bar->end_ns))
        bar->end_ns = INT64_MAX;
    if (bar->end_ns != SPAN_NONE)
        bar->end_ns = MAX(bar->end_ns, bar->start_ns);
    t->latest_ns = MAX(t->latest_ns, MAX(bar->start_ns, bar->end_ns));
}

int timeline_add(struct timeline *t, const struct span *span)
{
    if (!timeline_is_bar(span))
        return 0;
    int err = grow(t);
    if (err)
        return err;
    struct timeline_bar *bar = &t->bars[t->len];
    *bar = (struct timeline_bar){.id = hash_id(span->span_id), .parent_id = hash_id(span->parent_id)};
    set_times(t, bar, span);
    bar->head = t->len;
    bar->pid = span->pid;
    bar->is_task = span->kind != SPAN_PROCESS;
    bar->execs = span->end_by == SPAN_END_EXEC && span->kind == SPAN_PROCESS;
    if (__builtin_add_overflow(MAX(span->user_us, 0), MAX(span->sys_us, 0), &bar->cpu_us))
        bar->cpu_us = INT64_MAX;
    t->len++;
    err = keep_name(t, span->name, &bar->name);
    return err ? err : keep_name(t, span->task, &bar->task);
}

struct rank {
    int64_t start_ns;
    uint32_t bar;
};

static int compare_ranks(const void *a, const void *b)
{
    const struct rank *left = a, *right = b;
    if (left->start_ns != right->start_ns)
        return left->start_ns < right->start_ns ? -1 : 1;
    return left->bar < right->bar ? -1 : left->bar > right->bar;
}

static int find_order(struct timeline *t)
{
    auto_free struct rank *ranks = calloc(t->len, sizeof *ranks);
    t->order = calloc(t->len, sizeof *t->order);
    if (!ranks || !t->order)
        return -ENOMEM;
    for (uint32_t i = 1; i < t->len; i++)
        ranks[i - 1] = (struct rank){t->bars[i].start_ns, i};
    qsort(ranks, t->len - 1, sizeof *ranks, compare_ranks);
    for (uint32_t i = 0; i + 1 < t->len; i++)
        t->order[i] = ranks[i].bar;
    return 0;
}

/* The slot that holds a bar with that key, or the free one where it would go. `keys` is the offset of the key
 * in a bar. */
static uint32_t *slot_of(const struct timeline *t, uint32_t *slots, uint32_t mask, size_t keys, uint64_t key)
{
    for (uint64_t i = (key ^ key >> 29) * UINT64_C(0x9E3779B97F4A7C15) >> 20;; i++) {
        uint32_t *slot = &slots[i & mask];
        if (!*slot || *(const uint64_t *)(const void *)((const char *)&t->bars[*slot] + keys) == key)
            return slot;
    }
}

static uint32_t *new_slots(const struct timeline *t, uint32_t *mask)
{
    uint32_t size = 16;
    while (size < t->len * 2)
        size *= 2;
    *mask = size - 1;
    return calloc(size, sizeof(uint32_t));
}

/* A process was started by a process, a task is within a task or the run. */
static int find_parents(struct timeline *t)
{
    uint32_t mask;
    auto_free uint32_t *slots = new_slots(t, &mask);
    if (!slots)
        return -ENOMEM;
    for (uint32_t i = 1; i < t->len; i++)
        *slot_of(t, slots, mask, offsetof(struct timeline_bar, id), t->bars[i].id) = i;
    for (uint32_t i = 1; i < t->len; i++) {
        struct timeline_bar *bar = &t->bars[i];
        uint32_t parent =
            bar->parent_id ? *slot_of(t, slots, mask, offsetof(struct timeline_bar, id), bar->parent_id) : 0;
        if (parent != i && t->bars[parent].is_task == bar->is_task)
            bar->parent = parent;
    }
    return 0;
}

/* An exec ends one row and begins the next one at the same time, with the same pid and the same parent. */
static void join(struct timeline *t, uint32_t before, uint32_t after)
{
    struct timeline_bar *old = &t->bars[before], *new = &t->bars[after];
    if (!before || !old->execs || old->parent != new->parent || old->end_ns != new->start_ns || before > after)
        return;
    old->after = after;
    new->head = old->head;
}

/* By pid, in the order of time: the latest image of a pid is the one that an exec ended. */
static int join_images(struct timeline *t)
{
    uint32_t mask;
    auto_free uint32_t *slots = new_slots(t, &mask);
    if (!slots)
        return -ENOMEM;
    for (uint32_t i = 0; i + 1 < t->len; i++) {
        struct timeline_bar *bar = &t->bars[t->order[i]];
        if (bar->is_task || bar->pid == SPAN_NONE)
            continue;
        uint32_t *slot = slot_of(t, slots, mask, offsetof(struct timeline_bar, pid), (uint64_t)bar->pid);
        join(t, *slot, t->order[i]);
        *slot = t->order[i];
    }
    for (uint32_t i = 1; i < t->len; i++) {
        struct timeline_bar *head = &t->bars[t->bars[i].head];
        head->life_end_ns = MAX(i == t->bars[i].head ? t->bars[i].end_ns : head->life_end_ns, t->bars[i].end_ns);
    }
    return 0;
}

/* Take [from, until) out of the own time of the images of a process. `at` is the image that earlier times
 * have led to. */
static void take_time(struct timeline *t, uint32_t *at, int64_t from, int64_t until)
{
    while (*at) {
        struct timeline_bar *image = &t->bars[*at];
        int64_t begin = MAX(from, image->start_ns), end = MIN(until, image->end_ns);
        if (begin < end)
            image->own_ns -= end - begin;
        if (until <= image->end_ns)
            return;
        *at = image->after;
    }
}

/* Children by rising start, each for what no earlier one has covered. They may run on while their parent
 * execs. */
static int find_own_times(struct timeline *t)
{
    auto_free int64_t *covered = calloc(t->len, sizeof *covered);
    auto_free uint32_t *at = calloc(t->len, sizeof *at);
    if (!covered || !at)
        return -ENOMEM;
    for (uint32_t i = 1; i < t->len; i++) {
        struct timeline_bar *bar = &t->bars[i];
        bar->own_ns = bar->end_ns - bar->start_ns;
        covered[i] = bar->start_ns;
        at[i] = i;
    }
    for (uint32_t i = 0; i + 1 < t->len; i++) {
        const struct timeline_bar *child = &t->bars[t->order[i]];
        uint32_t head = t->bars[child->parent].head;
        if (!head)
            continue;
        int64_t from = MAX(child->start_ns, covered[head]);
        if (child->end_ns <= from)
            continue;
        take_time(t, &at[head], from, child->end_ns);
        covered[head] = child->end_ns;
    }
    return 0;
}

int timeline_link(struct timeline *t)
{
    for (uint32_t i = 1; i < t->len; i++)
        if (t->bars[i].end_ns == SPAN_NONE)
            t->bars[i].end_ns = t->latest_ns;
    int err = find_order(t);
    if (!err)
        err = find_parents(t);
    if (!err)
        err = join_images(t);
    return err ? err : find_own_times(t);
}

int64_t timeline_offset(const struct timeline *t, int64_t at_ns)
{
    return at_ns > t->start_ns ? at_ns - t->start_ns : 0;
}

void timeline_put_us(struct buf *out, int64_t ns)
{
    int rest = (int)(ns % 1000);
    json_put_int(out, ns / 1000);
    buf_add(out, (char[]){'.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10), (char)('0' + rest % 10)}, 4);
}
