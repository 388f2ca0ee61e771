/* SPDX-License-Identifier: MIT */
/* The writer's side of the spool file: attach, claim room, publish. Freestanding: raw system calls only, no libc,
 * no allocation, no lock, safe in a fork child, a vfork child and a signal handler. Shared by the shim, by
 * `dtrack run`, and by tests that generate large spools. */
#ifndef SPOOL_SEGMENT_H
#define SPOOL_SEGMENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "spool/record.h"

#define SPOOL_PATH_MAX 256 /* longest path of a run folder, with its NUL */
#define SPOOL_CHUNK ((uint64_t)256 << 10)
#define SPOOL_LIMIT_DEFAULT ((uint64_t)1 << 30)

/* An attached spool. Plain data: a fork child's copy is as good as its parent's. */
struct spool {
    struct spool_header *header; /* mapped shared; NULL = not attached */
    char folder[SPOOL_PATH_MAX]; /* the run's folder */
};

/* Claimed room: `bytes` is mapped, zeroed and the claimer's alone until it publishes. */
struct spool_room {
    void *bytes;
    uint64_t offset; /* in the file */
    void *map;       /* the pages that hold it, for spool_unmap() */
    size_t map_len;
};

/* What a new spool starts with; see struct spool_header. */
struct spool_start {
    const char *run_id;
    int64_t wall_ns, mono_ns, boot_ns;
    uint64_t nonce;
    uint64_t leader_ticks;
    int32_t leader_pid;
    uint32_t uid;
};

/* Make the spool file of the new run in `folder` (which must exist and be private), reserve its first chunk and
 * attach to it. 0, or -errno; nothing is attached then. */
must_check int spool_create(struct spool *spool, const char *folder, const struct spool_start *start);

/* Attach to the spool file of the run in `folder`: check that it is a spool of ours and belongs to user `uid`, map
 * the header. Returns an open descriptor that spool_claim_at() takes and the caller closes, or -errno (-EPROTO:
 * not a spool or of another version, -EPERM: somebody else's). */
must_check int spool_attach(struct spool *spool, const char *folder, uint32_t uid);

/* Open the attached spool's file again. A descriptor, or -errno. */
must_check int spool_reopen(const struct spool *spool);

/* Claim and map room for one record of `bytes` bytes in the file that `fd` has open. 0; -ENOSPC when the run's
 * limit or the disk is reached (counted in the header), or another -errno. */
must_check int spool_claim_at(struct spool *spool, int fd, size_t bytes, struct spool_room *room);

/* The same, opening and closing the file. */
must_check int spool_claim(struct spool *spool, size_t bytes, struct spool_room *room);

/* Make the record in `room` visible: `bytes` was claimed, kind and flags describe it. All else must be written. */
void spool_publish(const struct spool *spool, const struct spool_room *room, uint32_t bytes, uint32_t kind_flags);

/* Give the mapping of `room` back; what was published stays. */
void spool_unmap(struct spool_room *room);

/* Detach: unmap the header. */
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
