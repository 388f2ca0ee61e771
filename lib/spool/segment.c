/* SPDX-License-Identifier: MIT */
/* Claiming room in the spool file. Owns the growth of the file; knows nothing of what records say.
 *
 * Room is reserved on disk before anybody maps it: a full disk is then a refused claim, and never a SIGBUS in
 * somebody else's process. */
#include "spool/segment.h"

#include <errno.h>
#include <sys/resource.h>

#include "base/sys.h"
#include "base/text.h"

#define PAGE ((uint64_t)4096)

static int spool_open_file(const char *folder, int flags)
{
    char path[SPOOL_PATH_MAX + 8];
    struct text t = text_into(path, sizeof path);
    text_str(&t, folder);
    text_str(&t, "/spool");
    if (t.cut)
        return -ENAMETOOLONG;
    return sys_open(path, O_RDWR | O_NOFOLLOW | flags, 0600);
}

static int spool_map_header(struct spool *spool, int fd)
{
    void *map = sys_mmap(SPOOL_HEADER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (sys_is_error(map))
        return (int)(intptr_t)map;
    spool->header = map;
    return 0;
}

static int spool_stat(int fd, struct stat *st)
{
    return (int)SYS_ARG4(SYS_newfstatat, fd, "", st, AT_EMPTY_PATH);
}

/* Writing past RLIMIT_FSIZE raises SIGXFSZ, which kills: look before growing. */
static int spool_may_grow_to(uint64_t end)
{
    struct rlimit limit = {0};
    if (SYS_ARG4(SYS_prlimit64, 0, RLIMIT_FSIZE, NULL, &limit))
        return 0;
    return limit.rlim_cur == RLIM_INFINITY || end <= limit.rlim_cur;
}

static void spool_raise_reserved(struct spool_header *header, uint64_t end)
{
    uint64_t now = __atomic_load_n(&header->reserved, __ATOMIC_RELAXED);
    while (now < end && !__atomic_compare_exchange_n(&header->reserved, &now, end, 1, __ATOMIC_RELEASE,
                                                     __ATOMIC_RELAXED)) {
    }
}

/* Write one chunk of zeros at the descriptor's position. */
static int spool_write_zeros(int fd)
{
    char zeros[512];
    __builtin_memset(zeros, 0, sizeof zeros);
    for (uint64_t done = 0; done < SPOOL_CHUNK; done += sizeof zeros)
        if (sys_write(fd, zeros, sizeof zeros) != (long)sizeof zeros)
            return -ENOSPC;
    return 0;
}

/* For file systems without fallocate. Zeros are appended, never written at an offset: somebody else may have
 * grown the file already and hold records there. */
static int spool_append_zeros(const struct spool *spool)
{
    int fd = spool_open_file(spool->folder, O_APPEND);
    if (fd < 0)
        return fd;
    int err = spool_write_zeros(fd);
    struct stat st;
    if (!spool_stat(fd, &st))
        spool_raise_reserved(spool->header, (uint64_t)st.st_size & ~(PAGE - 1));
    sys_close(fd);
    return err;
}

/* Reserve up to `end` at least. Any number of processes may do this at once: reserving twice is harmless. */
static int spool_grow(struct spool *spool, int fd, uint64_t end)
{
    struct spool_header *header = spool->header;
    for (;;) {
        uint64_t from = __atomic_load_n(&header->reserved, __ATOMIC_ACQUIRE);
        if (from >= end)
            return 0;
        uint64_t to = MIN((end + SPOOL_CHUNK) & ~(SPOOL_CHUNK - 1), header->limit);
        if (!spool_may_grow_to(to))
            return -EFBIG;
        int err = sys_fallocate(fd, from, to - from);
        if (!err)
            spool_raise_reserved(header, to);
        else if (err == -EOPNOTSUPP || err == -ENOSYS)
            err = spool_append_zeros(spool);
        if (err && err != -EINTR)
            return err;
    }
}

static int spool_reserve_first(int fd)
{
    int err = sys_fallocate(fd, 0, SPOOL_CHUNK);
    return err == -EOPNOTSUPP || err == -ENOSYS ? spool_write_zeros(fd) : err;
}

/* The magic goes in last: a reader that sees it sees the rest. */
static void spool_fill_header(struct spool_header *header, const struct spool_start *start)
{
    header->version = SPOOL_VERSION;
    header->header_bytes = (uint32_t)SPOOL_HEADER_BYTES;
    header->nonce = start->nonce | 1; /* never 0: a zeroed tag is never a good one */
    header->limit = SPOOL_LIMIT_DEFAULT;
    header->start_wall_ns = start->wall_ns;
    header->start_mono_ns = start->mono_ns;
    header->start_boot_ns = start->boot_ns;
    header->leader_ticks = start->leader_ticks;
    header->leader_pid = start->leader_pid;
    header->uid = start->uid;
    struct text id = text_into(header->run_id, sizeof header->run_id);
    text_str(&id, start->run_id);
    header->next = SPOOL_HEADER_BYTES;
    header->reserved = SPOOL_CHUNK;
    __atomic_store_n(&header->magic, SPOOL_MAGIC, __ATOMIC_RELEASE);
}

int spool_create(struct spool *spool, const char *folder, const struct spool_start *start)
{
    struct text path = text_into(spool->folder, sizeof spool->folder);
    text_str(&path, folder);
    if (path.cut)
        return -ENAMETOOLONG;
    if (!spool_may_grow_to(SPOOL_CHUNK))
        return -EFBIG;
    int fd = spool_open_file(folder, O_CREAT | O_EXCL);
    if (fd < 0)
        return fd;
    int err = spool_reserve_first(fd);
    if (!err)
        err = spool_map_header(spool, fd);
    sys_close(fd);
    if (!err)
        spool_fill_header(spool->header, start);
    return err;
}

/* A file too short for its header would be a SIGBUS at the first look: check before mapping. */
static int spool_check_file(int fd, uint32_t uid)
{
    struct stat st;
    int err = spool_stat(fd, &st);
    if (err)
        return err;
    if (st.st_uid != uid)
        return -EPERM;
    return S_ISREG(st.st_mode) && (uint64_t)st.st_size > SPOOL_HEADER_BYTES ? 0 : -EPROTO;
}

static int spool_check_header(const struct spool_header *header)
{
    if (__atomic_load_n(&header->magic, __ATOMIC_ACQUIRE) != SPOOL_MAGIC || header->version != SPOOL_VERSION)
        return -EPROTO;
    return header->closed ? -ESHUTDOWN : 0;
}

int spool_attach(struct spool *spool, const char *folder, uint32_t uid)
{
    struct text path = text_into(spool->folder, sizeof spool->folder);
    text_str(&path, folder);
    if (path.cut)
        return -ENAMETOOLONG;
    int fd = spool_open_file(folder, 0);
    if (fd < 0)
        return fd;
    int err = spool_check_file(fd, uid);
    if (!err)
        err = spool_map_header(spool, fd);
    if (!err) {
        err = spool_check_header(spool->header);
        if (!err)
            return fd;
        spool_detach(spool);
    }
    sys_close(fd);
    return err;
}

int spool_reopen(const struct spool *spool)
{
    return spool_open_file(spool->folder, 0);
}

int spool_claim_at(struct spool *spool, int fd, size_t bytes, struct spool_room *room)
{
    struct spool_header *header = spool->header;
    bytes = spool_round(bytes);
    uint64_t offset = __atomic_fetch_add(&header->next, bytes, __ATOMIC_RELAXED);
    uint64_t end = offset + bytes;
    int err = end > header->limit ? -ENOSPC : spool_grow(spool, fd, end);
    if (!err) {
        uint64_t from = offset & ~(PAGE - 1);
        room->map_len = (size_t)(end - from);
        room->map = sys_mmap(room->map_len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, from);
        if (!sys_is_error(room->map)) {
            room->bytes = (char *)room->map + (offset - from);
            room->offset = offset;
            return 0;
        }
        err = (int)(intptr_t)room->map;
    }
    __atomic_fetch_add(&header->missed, 1, __ATOMIC_RELAXED);
    return err;
}

int spool_claim(struct spool *spool, size_t bytes, struct spool_room *room)
{
    int fd = spool_reopen(spool);
    if (fd < 0) {
        __atomic_fetch_add(&spool->header->missed, 1, __ATOMIC_RELAXED);
        return fd;
    }
    int err = spool_claim_at(spool, fd, bytes, room);
    sys_close(fd);
    return err;
}

void spool_publish(const struct spool *spool, const struct spool_room *room, uint32_t bytes, uint32_t kind_flags)
{
    struct spool_record *record = room->bytes;
    record->bytes = (uint32_t)spool_round(bytes);
    record->kind = (uint16_t)kind_flags;
    record->flags = (uint16_t)(kind_flags >> 16);
    __atomic_store_n(&record->tag, spool->header->nonce + room->offset, __ATOMIC_RELEASE);
}

void spool_unmap(struct spool_room *room)
{
    sys_munmap(room->map, room->map_len);
    *room = (struct spool_room){0};
}

void spool_detach(struct spool *spool)
{
    if (spool->header)
        sys_munmap(spool->header, SPOOL_HEADER_BYTES);
    spool->header = NULL;
}
