/* SPDX-License-Identifier: MIT */
/* Children of ours that are on nobody's account. */
#ifndef PRELOAD_QUIET_H
#define PRELOAD_QUIET_H

#include <stdint.h>

/* What the kernel's rt_sigaction takes on all our machines. */
struct quiet_action {
    uintptr_t handler;
    unsigned long flags;
    uintptr_t restorer;
    uint64_t mask;
};

struct quiet {
    int is_ignored; /* ends of children are ignored until quiet_end() */
    struct quiet_action before;
};

/* Before a child of ours is made. Returns the signal that is to come at its end: in a process without children the usual one,
 * which is ignored meanwhile, so that the child reaps itself and its resource usage is not added to RUSAGE_CHILDREN. Where there
 * are children, or one's signal is still pending, or where `is_alone` is 0 and another thread may make some, none must be ignored: 0,
 * no signal. */
unsigned long quiet_begin(struct quiet *quiet, int is_alone);

/* Wait until `child` is gone, when it is positive, and put things back. */
void quiet_end(const struct quiet *quiet, long child);

#endif
