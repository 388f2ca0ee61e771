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
#define SPOOL_CHUNK \
    ((uint64_t)128 << 10) /* bytes reserved at a time; not more, since tmpfs zeroes them: 256 KiB took 80 us */
#define SPOOL_LIMIT_DEFAULT ((uint64_t)1 << 30)
#define SPOOL_SMALL_MAX (SPOOL_PAGE_BYTES - sizeof(struct spool_page)) /* longest record that shares a page */

/* An attached spool. Plain data: a fork child can use its copy. The two pointers are set on demand and change atomically; a page
 * that they pointed to before stays mapped. */
struct spool {
    struct spool_header *header; /* NULL = not mapped yet */
    struct spool_page *page;     /* the current page, for small records; NULL = none yet */
    uint32_t pages;              /* how many such pages have been mapped: bounded, as they stay mapped */
    uint64_t next_page;          /* as in struct spool_page, while there is no page */
    /* Calls work(with) such that no other code of the process sees the descriptor that it opens; NULL = call it directly. */
    void (*unseen)(void (*work)(void *), void *with);
    char folder[SPOOL_PATH_MAX]; /* the run's folder */
};

/* Claimed room: `bytes` points to mapped zeros that only the claiming process uses until it publishes the record. */
struct spool_room {
    void *bytes;
    uint64_t offset; /* in the file */
    void *map; /* a mapping for this room only, to be released with spool_unmap(); NULL when it is in a shared page */
    size_t map_len;
};

/* Open the file `name` (with a leading '/') of the run in `folder`, unless it is a symbolic link. A descriptor, or -errno. */
must_check int spool_open(const char *folder, const char *name, int flags);

/* Create the spool file of the new run in `folder` (which must exist and be private), reserve its first chunk and attach to it.
 * 0, or -errno with nothing attached. */
must_check int spool_create(struct spool *spool, const char *folder, const struct spool_start *start);

/* Attach to the spool file of the run in `folder`: check it, and map its header. 0, or -errno: -EPROTO when it is not a spool or
 * is of another version, -EPERM when it does not belong to `uid` alone, -ESHUTDOWN when the run is being finished. */
must_check int spool_attach(struct spool *spool, const char *folder, uint32_t uid);

/* Attach with a page number from the parent (its spool_next_page()): maps only that page. The number and the folder come from the
 * environment, which may be forged, so the file must belong to `uid`: -EPERM when it does not. 0 or -errno. */
must_check int spool_join(struct spool *spool, const char *folder, uint32_t page, uint32_t uid);

/* Map the header of a joined spool, unless it is mapped already. 0 or -errno. */
must_check int spool_need_header(struct spool *spool);

/* Claim and map room for one record of `bytes` bytes. 0; -ENOSPC when the run's limit or the disk is reached, or another
 * -errno. */
must_check int spool_claim(struct spool *spool, size_t bytes, struct spool_room *room);

/* Count a process that could not be recorded. */
void spool_miss(struct spool *spool);

/* Publish the record in `room`, whose content must be complete. `bytes` is its size as claimed; `kind_flags` has its kind in the
 * low 16 bits and its flags in the high ones. */
void spool_publish(const struct spool_room *room, uint32_t bytes, uint32_t kind_flags);

/* Release a room's own mapping, if it has one, and clear *room. The published record is not affected. */
void spool_unmap(struct spool_room *room);

/* Map the first page of a long record again, which this process published at `offset`. 0, or -errno. */
must_check int spool_map_again(const struct spool *spool, uint64_t offset, struct spool_room *room);

/* The number of a page with room for a small record, to be passed to a process that is about to start; 0 = none. A hint only: if
 * the page is full by then, that process claims another one. */
uint32_t spool_next_page(struct spool *spool);

/* Add `ns` to the recorded time spent in the shim. */
void spool_add_cost(const struct spool *spool, uint64_t ns);

/* Unmap the header and set both pointers to NULL; pages stay mapped. */
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
