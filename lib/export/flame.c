/* SPDX-License-Identifier: MIT */
/* Adding processes up by their stack of names. */
#include "export/flame.h"

#include <errno.h>
#include <stdlib.h>

#include "base/own.h"
#include "export/hash.h"

static uint32_t *slot_of(const struct flame *flame, uint32_t above, uint32_t name, bool is_task)
{
    const uint32_t key[] = {above, name, is_task};
    for (uint64_t i = hash_bytes(key, sizeof key);; i++) {
        uint32_t *slot = &flame->slots[i & (flame->cap * 2 - 1)];
        const struct flame_frame *frame = &flame->frames[*slot];
        if (!*slot || (frame->above == above && frame->name == name && frame->is_task == is_task))
            return slot;
    }
}

static int grow(struct flame *flame)
{
    uint32_t cap = flame->cap ? flame->cap * 2 : 64;
    struct flame_frame *frames = realloc(flame->frames, cap * sizeof *frames);
    if (!frames)
        return -ENOMEM;
    flame->frames = frames;
    uint32_t *slots = calloc((size_t)cap * 2, sizeof *slots);
    if (!slots)
        return -ENOMEM;
    free(flame->slots);
    flame->slots = slots;
    flame->cap = cap;
    for (uint32_t i = 1; i < flame->len; i++)
        *slot_of(flame, frames[i].above, frames[i].name, frames[i].is_task) = i;
    return 0;
}

/* Find the frame of that name on another one, or make it. Where the stack is full, it is the other one. */
static int step_up(struct flame *flame, uint32_t above, uint32_t name, bool is_task, uint32_t *out)
{
    if (flame->frames[above].depth == FLAME_DEPTH_MAX) {
        *out = above;
        return 0;
    }
    int err = flame->len < flame->cap ? 0 : grow(flame);
    if (err)
        return err;
    uint32_t *slot = slot_of(flame, above, name, is_task);
    if (!*slot) {
        flame->frames[flame->len] = (struct flame_frame){
            .above = above, .name = name, .is_task = is_task, .depth = (uint16_t)(flame->frames[above].depth + 1)};
        *slot = flame->len++;
    }
    *out = *slot;
    return 0;
}

static void add_up(int64_t *sum, int64_t more)
{
    if (__builtin_add_overflow(*sum, more, sum))
        *sum = INT64_MAX;
}

/* Parents come first in the order of time. One that does not is damage, and its child lies on the run. */
static int add_process(struct flame *flame, const struct timeline *t, uint32_t *frame_of, uint32_t at)
{
    const struct timeline_bar *bar = &t->bars[at];
    uint32_t above = frame_of[bar->parent];
    uint32_t parents_task = above ? t->bars[bar->parent].task : 0;
    int err = 0;
    if (bar->task && bar->task != parents_task)
        err = step_up(flame, above, bar->task, true, &above);
    if (!err)
        err = step_up(flame, above, bar->name, false, &above);
    if (err)
        return err;
    frame_of[at] = above;
    add_up(&flame->frames[above].own_ns, bar->own_ns);
    add_up(&flame->frames[above].cpu_us, bar->cpu_us);
    return 0;
}

int flame_init(struct flame *flame, const struct timeline *t)
{
    auto_free uint32_t *frame_of = calloc(t->len, sizeof *frame_of);
    *flame = (struct flame){0};
    int err = frame_of ? grow(flame) : -ENOMEM;
    if (err)
        return err;
    flame->frames[flame->len++] = (struct flame_frame){0};
    for (uint32_t i = 0; !err && i + 1 < t->len; i++)
        if (!t->bars[t->order[i]].is_task)
            err = add_process(flame, t, frame_of, t->order[i]);
    return err;
}

uint32_t flame_stack(const struct flame *flame, uint32_t frame, uint32_t stack[FLAME_DEPTH_MAX + 2])
{
    uint32_t len = flame->frames[frame].depth + 1u;
    for (uint32_t i = len; i-- > 0; frame = flame->frames[frame].above)
        stack[i] = frame;
    return len;
}

void flame_release(struct flame *flame)
{
    free(flame->frames);
    free(flame->slots);
    *flame = (struct flame){0};
}
