/* SPDX-License-Identifier: MIT */
/* Lives: everything that happened under one pid between birth and reaping. Pure: events in, lives out.
 *
 * A pid is used again and again, but its lives never overlap, and all clocks are the same: sorted by time, the
 * events of one pid fall apart into lives by themselves. */
#ifndef MODEL_LIFE_H
#define MODEL_LIFE_H

#include <stddef.h>
#include <stdint.h>

enum event_kind {
    EVENT_BORN,  /* a parent's fork or spawn returned this pid; ref = the cell */
    EVENT_IMAGE, /* an image started under this pid; ref = its record */
    EVENT_REAP,  /* a parent's wait returned this pid; ref = the cell */
};

enum event_flags {
    EVENT_ENDED = 1,     /* it noted its own end */
    EVENT_EXECED = 2,    /* it noted an exec */
    EVENT_UNSEEN = 4,    /* recorded from outside: may exec on without a word */
    EVENT_FROM_SELF = 8, /* exec'd by its own pid, not spawned by another */
    EVENT_FORK = 16,     /* a birth by fork: the child may live on without an image */
    EVENT_TOLD = 32,     /* an image that was told its start */
};

struct event {
    int64_t time_ns;  /* of an image: when its constructor ran */
    int64_t start_ns; /* of an image: when it was exec'd or spawned, as it was told; of others the same as time_ns */
    uint32_t key;     /* pid, and pid namespace in the upper bits: equal for one process */
    uint32_t ref;
    uint32_t owner; /* reference of the parent that noted it; of an image, who exec'd or spawned it, as it was told */
    uint16_t kind;
    uint16_t flags;
};

/* One life; pointers into the sorted events. At least one of the three is there. */
struct life {
    const struct event *born;   /* or NULL */
    const struct event *images; /* `images_len` in a row, or NULL */
    size_t images_len;
    const struct event *reap; /* or NULL */
};

/* Called with each life. Return 0 to go on; anything else stops. */
typedef int (*life_fn)(void *ctx, const struct life *life);

/* Bring events into the order that lives_each() needs: by key, time, kind. In place. */
void lives_sort(struct event *events, size_t len);

/* Cut sorted events into lives. 0, or what `each` stopped it with. */
int lives_each(const struct event *events, size_t len, life_fn each, void *ctx);

#endif
