/* SPDX-License-Identifier: MIT */
/* The writer's side of the spool file: attach, claim room, publish. Freestanding: raw system calls only, no libc,
 * no allocation, no lock, safe in a fork child, a vfork child and a signal handler. Shared by the shim, by
 * `dtrack run`, and by tests that generate large spools. */
#ifndef SPOOL_SEGMENT_H
#define SPOOL_SEGMENT_H

#include <stddef.h>
#include <stdint.h>

#include "spool/record.h"
#include "sys/attr.h"

#define SPOOL_PATH_MAX 256 /* longest path of a run folder, with its NUL */
#define SPOOL_CHUNK ((uint64_t)128 << 10) /* tmpfs clears what it reserves: 256 KiB took 80 us */
#define SPOOL_LIMIT_DEFAULT ((uint64_t)1 << 30)
#define SPOOL_SMALL_MAX (SPOOL_PAGE_BYTES - sizeof(struct spool_page)) /* longest record that shares a page */

/* An attached spool. Plain data: a fork child's copy is as good as its parent's. The two pointers are mapped on
 * demand, change atomically, and what they pointed to stays mapped. */
struct spool {
    struct spool_header *header; /* NULL = not needed yet */
    struct spool_page *page;     /* where the next small record goes; NULL = none yet */
    uint32_t pages;              /* how many pages have been mapped so: bounded, for they stay */
    uint64_t next_page;          /* as in struct spool_page, while there is none */
    /* Calls work(with), so that what it opens for a moment is seen by nobody; NULL = as it comes. */
    void (*unseen)(void (*work)(void *), void *with);
    char folder[SPOOL_PATH_MAX]; /* the run's folder */
};

/* Claimed room: `bytes` is mapped, zeroed and the claimer's alone until it publishes. */
struct spool_room {
    void *bytes;
    uint64_t offset; /* in the file */
    void *map;       /* a mapping of its own, for spool_unmap(); NULL when it shares a page */
    size_t map_len;
};

/* Open the file `name`, which starts with '/', of the run in `folder`, if it is no link. A descriptor, or -errno. */
must_check int spool_open(const char *folder, const char *name, int flags);

/* Make the spool file of the new run in `folder` (which must exist and be private), reserve its first chunk and
 * attach to it. 0, or -errno; nothing is attached then. */
must_check int spool_create(struct spool *spool, const char *folder, const struct spool_start *start);

/* Attach to the spool file of the run in `folder`: check that it is a spool of ours and belongs to user `uid`, map
 * the header. 0, or -errno: -EPROTO when it is no spool or of another version, -EPERM when it is somebody else's,
 * -ESHUTDOWN when the run is being finished. */
must_check int spool_attach(struct spool *spool, const char *folder, uint32_t uid);

/* The same for a process that was given the page to try (spool_next_page() in its parent): maps that page alone. What gave it is only
 * believed because the file belongs to `uid`: -EPERM when it does not. */
must_check int spool_join(struct spool *spool, const char *folder, uint32_t page, uint32_t uid);

/* Map the header of a spool that was joined, when it isn't mapped yet. 0 or -errno. */
must_check int spool_need_header(struct spool *spool);

/* Claim and map room for one record of `bytes` bytes. 0; -ENOSPC when the run's limit or the disk is reached, or another
 * -errno. */
must_check int spool_claim(struct spool *spool, size_t bytes, struct spool_room *room);

/* Count a process that could not be recorded. */
void spool_miss(struct spool *spool);

/* Make the record in `room` visible: `bytes` was claimed; its kind is in the low half of `kind_flags`, its flags are in
 * the high one. All else must be written. */
void spool_publish(const struct spool_room *room, uint32_t bytes, uint32_t kind_flags);

/* Give a mapping of its own back; what was published stays. */
void spool_unmap(struct spool_room *room);

/* Map the first page of a long record of one's own again. 0, or -errno. */
must_check int spool_map_again(const struct spool *spool, uint64_t offset, struct spool_room *room);

/* The number of a page with room for a small record, for a process that is about to start; 0 = none. What doesn't fit
 * there after all finds room by itself. */
uint32_t spool_next_page(struct spool *spool);

/* Add to the time that was spent in the shim. */
void spool_add_cost(const struct spool *spool, uint64_t ns);

/* Unmap the header and forget the page. */
void spool_detach(struct spool *spool);

/* The reference of a byte offset in the file. */
static inline uint32_t spool_ref(uint64_t offset)
{
    return (uint32_t)(offset / SPOOL_ALIGN);
}

/* `bytes` rounded up to whole units. */
static inline size_t spool_round(size_t bytes)
{
    return (bytes + SPOOL_ALIGN - 1) & ~(size_t)(SPOOL_ALIGN - 1);
}

#endif
