/* SPDX-License-Identifier: MIT */
/* Cuts the events of each pid into lives. Decides by order and by what the events say of each other. */
#include "model/life.h"

static int event_before(const struct event *a, const struct event *b)
{
    if (a->key != b->key)
        return a->key < b->key;
    if (a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns;
    if (a->kind != b->kind)
        return a->kind < b->kind;
    return a->ref < b->ref;
}

static void sift_down(struct event *e, size_t at, size_t len)
{
    struct event moved = e[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= len)
            break;
        if (child + 1 < len && event_before(&e[child], &e[child + 1]))
            child++;
        if (!event_before(&moved, &e[child]))
            break;
        e[at] = e[child];
        at = child;
    }
    e[at] = moved;
}

/* Heap sort: libc's qsort may take as much memory again, and a large run fills what there is. */
void lives_sort(struct event *events, size_t len)
{
    for (size_t i = len / 2; i-- > 0;)
        sift_down(events, i, len);
    for (size_t end = len; end-- > 1;) {
        struct event top = events[0];
        events[0] = events[end];
        events[end] = top;
        sift_down(events, 0, end);
    }
}

/* Exec'd past our hooks: told nothing, or by an environment that came down from the image before it just what that one
 * was told. A pid that was used again meanwhile, for a process that nobody announced, looks the same; but that takes
 * thousands of processes, and a death that nobody noticed. */
static int is_unannounced(const struct event *previous, const struct event *image)
{
    if (!(image->flags & EVENT_TOLD))
        return 1;
    return previous->kind == EVENT_IMAGE && previous->start_ns == image->start_ns && previous->owner == image->owner;
}

/* Whether an image that follows `previous` under the same pid is the same process, gone on by exec. */
static int goes_on(const struct event *previous, const struct event *image)
{
    if (previous->flags & EVENT_ENDED)
        return 0;
    return previous->kind == EVENT_BORN || previous->flags & (EVENT_EXECED | EVENT_UNSEEN) ||
           image->flags & EVENT_FROM_SELF || is_unannounced(previous, image);
}

/* The events of one life, from `events` on: how many, and which is what. */
static size_t life_take(const struct event *events, size_t len, struct life *life)
{
    size_t i = 0;
    *life = (struct life){0};
    if (events[i].kind == EVENT_BORN)
        life->born = &events[i++];
    for (; i < len && events[i].key == events[0].key && events[i].kind == EVENT_IMAGE; i++) {
        if (i && !goes_on(&events[i - 1], &events[i]))
            return i;
        if (!life->images)
            life->images = &events[i];
        life->images_len++;
    }
    if (i < len && events[i].key == events[0].key && events[i].kind == EVENT_REAP)
        life->reap = &events[i++];
    return i;
}

int lives_each(const struct event *events, size_t len, life_fn each, void *ctx)
{
    for (size_t at = 0; at < len;) {
        struct life life;
        at += life_take(events + at, len - at, &life);
        int stop = each(ctx, &life);
        if (stop)
            return stop;
    }
    return 0;
}
