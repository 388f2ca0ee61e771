/* SPDX-License-Identifier: MIT */
/* Stacks: who started whom, by name, with what equal stacks took in all. What flame graphs are drawn from. */
#ifndef EXPORT_FLAME_H
#define EXPORT_FLAME_H

#include <stdbool.h>

#include "export/timeline.h"
#include "sys/attr.h"

/* What is deeper counts as the deepest frame's: a line repeats all frames above it. */
#define FLAME_DEPTH_MAX 250

/* One frame below another; frames[0] is the run. */
struct flame_frame {
    uint32_t above; /* the frame that it lies on; lower than its own number */
    uint32_t name;  /* a number in the time line's `names` */
    bool is_task;
    uint16_t depth;         /* 0 = the run */
    int64_t own_ns, cpu_us; /* its own, without those on it */
};

struct flame {
    struct flame_frame *frames;
    uint32_t len, cap;
    uint32_t *slots; /* open addressing; 0 = free */
};

/* Make the stacks of a linked time line that kept its names. A task has a frame where processes that belong
 * to it lie on one that does not. 0 or -ENOMEM; to be released in both cases. */
must_check int flame_init(struct flame *flame, const struct timeline *t);

/* The frames of a stack, from the run's to `frame` itself, into `stack`. Returns how many. */
uint32_t flame_stack(const struct flame *flame, uint32_t frame, uint32_t stack[FLAME_DEPTH_MAX + 2]);

/* Free it. */
void flame_release(struct flame *flame);

#endif
