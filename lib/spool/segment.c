/* SPDX-License-Identifier: MIT */
/* Claims room in the spool file. Owns the growth of the file; knows nothing of what records contain.
 *
 * Room is reserved on disk before it is mapped: with a full disk a claim fails, instead of a SIGBUS in a process of the job. */
#include "spool/segment.h"

#include <errno.h>
#include <sys/resource.h>

#include "sys/sys.h"
#include "sys/text.h"

#define PAGE ((uint64_t)SPOOL_PAGE_BYTES)
#define ROOM_FOR_MORE 640  /* a page with fewer bytes left is not passed to children: most images would not fit */
#define CHILDREN_A_PAGE 11 /* how many images, each with a part of a block, usually fit in a page */
#define PAGES_MAPPED_MAX \
    256 /* the host process may have few mappings left: after so many, each record gets pages of its own */

int spool_open(const char *folder, const char *name, int flags)
{
    char path[SPOOL_PATH_MAX + 8];
    int err = text_join(path, sizeof path, folder, name, "");
    return err ? err : sys_open(path, flags | O_NOFOLLOW, 0600);
}

/* O_NOATIME: since records are written all the time, each mapping would otherwise update the file's access time, through the
 * journal: 1.3 us. The flag is permitted to the file's owner only. */
static int spool_open_file(const char *folder, int flags)
{
    int fd = spool_open(folder, "/spool", O_RDWR | O_NOATIME | flags);
    return fd == -EPERM ? spool_open(folder, "/spool", O_RDWR | flags) : fd;
}

/* A function to be called with the spool file open, its arguments and its result. */
struct spool_visit {
    struct spool *spool;
    int (*step)(struct spool_visit *visit, int fd);
    uint64_t offset; /* these three: arguments of `step`, as it needs them */
    size_t bytes;
    struct spool_room *room;
    int err;
};

static void spool_visit_now(void *with)
{
    struct spool_visit *visit = with;
    int fd = visit->err = spool_open_file(visit->spool->folder, 0);
    if (fd < 0)
        return;
    visit->err = visit->step(visit, fd);
    sys_close(fd);
}

static int spool_visit(struct spool_visit *visit)
{
    if (visit->spool->unseen)
        visit->spool->unseen(spool_visit_now, visit);
    else
        spool_visit_now(visit);
    return visit->err;
}

/* Map `len` bytes at `offset`. A mapping must start at a multiple of the machine's page size, which may be larger than
 * SPOOL_PAGE_BYTES, so it may include unused bytes before `offset`. */
static void *spool_map(int fd, uint64_t offset, size_t len)
{
    size_t before = (size_t)(offset % SYS_PAGE_MAX);
    void *map = sys_mmap(before + len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset - before);
    return sys_is_error(map) ? map : (char *)map + before;
}

static int spool_map_header(struct spool *spool, int fd)
{
    void *map = spool_map(fd, 0, SPOOL_HEADER_BYTES);
    if (sys_is_error(map))
        return (int)(intptr_t)map;
    __atomic_store_n(&spool->header, map, __ATOMIC_RELEASE);
    return 0;
}

static int spool_stat(int fd, struct stat *st)
{
    return sys_stat(fd, "", st, AT_EMPTY_PATH);
}

/* Whether RLIMIT_FSIZE permits the file to grow to `end`; checked before growing, since exceeding it raises SIGXFSZ, which kills. */
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
    while (now < end &&
           !__atomic_compare_exchange_n(&header->reserved, &now, end, 1, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
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

/* For file systems without fallocate. Zeros are appended, never written at an offset: another process may have grown the file
 * already and have records there. */
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

/* Reserve the file at least up to visit->offset. Several processes may do this at the same time: reserving twice is harmless. */
static int spool_grow_file(struct spool_visit *visit, int fd)
{
    struct spool *spool = visit->spool;
    struct spool_header *header = spool->header;
    uint64_t end = visit->offset;
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

static int spool_grow(struct spool *spool, uint64_t end)
{
    if (__atomic_load_n(&spool->header->reserved, __ATOMIC_ACQUIRE) >= end)
        return 0;
    return spool_visit(&(struct spool_visit){.spool = spool, .step = spool_grow_file, .offset = end});
}

static int spool_reserve_first(int fd)
{
    int err = sys_fallocate(fd, 0, SPOOL_CHUNK);
    return err == -EOPNOTSUPP || err == -ENOSYS ? spool_write_zeros(fd) : err;
}

/* The magic is stored last: whoever reads it finds the rest complete. */
static void spool_fill_header(struct spool_header *header, const struct spool_start *start)
{
    header->version = SPOOL_VERSION;
    header->header_bytes = (uint32_t)SPOOL_HEADER_BYTES;
    header->limit = SPOOL_LIMIT_DEFAULT;
    header->start = *start;
    header->next = SPOOL_HEADER_BYTES;
    header->reserved = SPOOL_CHUNK;
    __atomic_store_n(&header->magic, SPOOL_MAGIC, __ATOMIC_RELEASE);
}

int spool_create(struct spool *spool, const char *folder, const struct spool_start *start)
{
    int err = text_join(spool->folder, sizeof spool->folder, folder, "", "");
    if (err)
        return err;
    if (!spool_may_grow_to(SPOOL_CHUNK))
        return -EFBIG;
    int fd = spool_open_file(folder, O_CREAT | O_EXCL);
    if (fd < 0)
        return fd;
    err = (int)SYS_ARG2(SYS_fchmod, fd, 0600); /* the job's umask may leave less */
    if (!err)
        err = spool_reserve_first(fd);
    if (!err)
        err = spool_map_header(spool, fd);
    sys_close(fd);
    if (!err)
        spool_fill_header(spool->header, start);
    return err;
}

/* Check owner, type and size before mapping: accessing a mapping beyond the end of a short file would raise SIGBUS. */
static int spool_check_file(int fd, uint32_t uid)
{
    struct stat st;
    int err = spool_stat(fd, &st);
    if (err)
        return err;
    if (st.st_uid != uid || st.st_nlink > 1)
        return -EPERM;
    return S_ISREG(st.st_mode) && (uint64_t)st.st_size >= SPOOL_HEADER_BYTES ? 0 : -EPROTO;
}

static int spool_check_header(const struct spool_header *header)
{
    if (__atomic_load_n(&header->magic, __ATOMIC_ACQUIRE) != SPOOL_MAGIC || header->version != SPOOL_VERSION)
        return -EPROTO;
    return header->closed ? -ESHUTDOWN : 0;
}

static int spool_enter(struct spool *spool, const char *folder)
{
    int err = text_join(spool->folder, sizeof spool->folder, folder, "", "");
    return err ? err : spool_open_file(folder, 0);
}

int spool_attach(struct spool *spool, const char *folder, uint32_t uid)
{
    int fd = spool_enter(spool, folder);
    if (fd < 0)
        return fd;
    int err = spool_check_file(fd, uid);
    if (!err)
        err = spool_map_header(spool, fd);
    sys_close(fd);
    if (!err)
        err = spool_check_header(spool->header);
    if (err)
        spool_detach(spool);
    return err;
}

static int spool_map_page(struct spool *spool, int fd, uint64_t offset)
{
    struct spool_page *page = spool_map(fd, offset, PAGE);
    if (sys_is_error(page))
        return (int)(intptr_t)page;
    page->number = (uint32_t)(offset / PAGE);
    __atomic_store_n(&spool->page, page, __ATOMIC_RELEASE);
    return 0;
}

/* Whether the file belongs to `uid` and has one link: a second one could have been made by another user, to pass off any file of
 * this user as a spool. Asks statx for nothing more, and the caller gets the length by lseek: after a stat that reads timestamps,
 * the kernel (since Linux 6.13) updates the file's mtime, through the journal, at the next store to a mapped page, which costs 2
 * us. */
static int spool_owner_is(int fd, uint32_t uid)
{
    struct statx st;
    struct stat old;
    if (!SYS_ARG5(SYS_statx, fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_UID | STATX_NLINK, &st))
        return st.stx_uid == uid && st.stx_nlink <= 1;
    return !spool_stat(fd, &old) && old.st_uid == uid && old.st_nlink <= 1;
}

int spool_join(struct spool *spool, const char *folder, uint32_t page, uint32_t uid)
{
    uint64_t offset = page * PAGE;
    if (offset < SPOOL_HEADER_BYTES)
        return -EINVAL;
    int fd = spool_enter(spool, folder);
    if (fd < 0)
        return fd;
    int err = !spool_owner_is(fd, uid)                     ? -EPERM
              : sys_length(fd) >= (int64_t)(offset + PAGE) ? spool_map_page(spool, fd, offset)
                                                           : -EPROTO;
    sys_close(fd);
    return err;
}

static int spool_visit_header(struct spool_visit *visit, int fd)
{
    return spool_map_header(visit->spool, fd);
}

int spool_need_header(struct spool *spool)
{
    if (__atomic_load_n(&spool->header, __ATOMIC_ACQUIRE))
        return 0;
    return spool_visit(&(struct spool_visit){.spool = spool, .step = spool_visit_header});
}

/* Claim whole pages from the header and reserve them. Their offset, or -errno. */
static int64_t spool_take_pages(struct spool *spool, uint64_t bytes)
{
    struct spool_header *header = spool->header;
    uint64_t offset = __atomic_fetch_add(&header->next, bytes, __ATOMIC_RELAXED);
    uint64_t end = offset + bytes;
    int err = end > MIN(header->limit, SPOOL_LIMIT_MAX) ? -ENOSPC : spool_grow(spool, end);
    return err ? err : (int64_t)offset;
}

/* Claim whole pages for one record, and map them. */
static int spool_claim_long(struct spool *spool, int fd, size_t bytes, struct spool_room *room)
{
    size_t whole = (bytes + PAGE - 1) & ~(size_t)(PAGE - 1);
    int64_t offset = spool_take_pages(spool, whole);
    if (offset < 0)
        return (int)offset;
    void *map = spool_map(fd, (uint64_t)offset, whole);
    if (sys_is_error(map))
        return (int)(intptr_t)map;
    *room = (struct spool_room){.bytes = map, .offset = (uint64_t)offset, .map = map, .map_len = whole};
    return 0;
}

/* Claim room in the current page. 0, or -1 when it is full. `used` is checked before it is increased: otherwise, in a spool at its
 * limit, some million refused claims would make it wrap around to existing records. */
static int spool_claim_small(struct spool_page *page, size_t bytes, struct spool_room *room)
{
    if (__atomic_load_n(&page->used, __ATOMIC_RELAXED) + bytes > SPOOL_SMALL_MAX)
        return -1;
    uint32_t at = __atomic_fetch_add(&page->used, (uint32_t)bytes, __ATOMIC_RELAXED);
    if (at + bytes > SPOOL_SMALL_MAX)
        return -1;
    struct spool_room head = {.bytes = page, .offset = page->number * PAGE};
    spool_publish(&head, SPOOL_PAGE_BYTES, SPOOL_PAGE);
    *room = (struct spool_room){.bytes = (char *)(page + 1) + at, .offset = head.offset + sizeof *page + at};
    return 0;
}

/* Take one of the remaining places in the page that the word `*next` names. The page's number; 0 when no place is left. */
static uint32_t next_page_take(uint64_t *next)
{
    uint64_t now = __atomic_load_n(next, __ATOMIC_RELAXED);
    while (now & 0xff)
        if (__atomic_compare_exchange_n(next, &now, now - 1, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            return (uint32_t)(now >> 8);
    return 0;
}

/* The word that names the next page. All processes with records in the same page share one. */
static uint64_t *next_page_word(struct spool *spool, struct spool_page *page)
{
    return page ? &page->next_page : &spool->next_page;
}

/* The offset of the next page, which is shared by all processes with records in the current one: the one that is named already, or
 * else a newly claimed page, which is named now. -errno on failure. */
static int64_t next_page_offset(struct spool *spool, struct spool_page *current)
{
    uint64_t *next = next_page_word(spool, current);
    uint32_t number = next_page_take(next);
    if (number)
        return (int64_t)(number * PAGE);
    int64_t offset = spool_take_pages(spool, PAGE);
    if (offset > 0)
        __atomic_store_n(next, (uint64_t)offset / PAGE << 8 | (CHILDREN_A_PAGE - 1), __ATOMIC_RELAXED);
    return offset;
}

/* Make the next page the current one, and claim room for the record there. If two threads do this at the same time, the page of the
 * first is not filled further: that wastes room but is otherwise harmless. */
static int spool_claim_next_page(struct spool *spool, int fd, size_t bytes, struct spool_room *room)
{
    struct spool_page *current = __atomic_load_n(&spool->page, __ATOMIC_ACQUIRE);
    int64_t offset = next_page_offset(spool, current);
    int err = offset < 0 ? (int)offset : spool_map_page(spool, fd, (uint64_t)offset);
    if (err)
        return err;
    __atomic_fetch_add(&spool->pages, 1, __ATOMIC_RELAXED);
    return spool_claim_small(spool->page, bytes, room) ? -EAGAIN : 0;
}

static int spool_claim_from_file(struct spool_visit *visit, int fd)
{
    struct spool *spool = visit->spool;
    int is_long = visit->bytes > SPOOL_SMALL_MAX || spool->pages >= PAGES_MAPPED_MAX;
    int err;
    do /* other processes may have filled the next page already */
        err = is_long ? spool_claim_long(spool, fd, visit->bytes, visit->room)
                      : spool_claim_next_page(spool, fd, visit->bytes, visit->room);
    while (err == -EAGAIN);
    return err;
}

int spool_claim(struct spool *spool, size_t bytes, struct spool_room *room)
{
    bytes = spool_round(bytes);
    struct spool_page *page = __atomic_load_n(&spool->page, __ATOMIC_ACQUIRE);
    if (page && bytes <= SPOOL_SMALL_MAX && spool_claim_small(page, bytes, room) == 0)
        return 0;
    int err = spool_need_header(spool);
    if (err)
        return err;
    return spool_visit(
        &(struct spool_visit){.spool = spool, .step = spool_claim_from_file, .bytes = bytes, .room = room});
}

void spool_miss(struct spool *spool)
{
    if (!spool_need_header(spool))
        __atomic_fetch_add(&spool->header->missed, 1, __ATOMIC_RELAXED);
}

void spool_publish(const struct spool_room *room, uint32_t bytes, uint32_t kind_flags)
{
    struct spool_record *record = room->bytes;
    record->bytes = (uint32_t)spool_round(bytes);
    record->kind = (uint16_t)kind_flags;
    record->flags = (uint16_t)(kind_flags >> 16);
    __atomic_store_n(&record->tag, spool_tag(room->offset), __ATOMIC_RELEASE);
}

void spool_unmap(struct spool_room *room)
{
    size_t before = (size_t)(room->offset % SYS_PAGE_MAX); /* as in spool_map() */
    if (room->map)
        sys_munmap((char *)room->map - before, before + room->map_len);
    *room = (struct spool_room){0};
}

int spool_map_again(const struct spool *spool, uint64_t offset, struct spool_room *room)
{
    int fd = spool_open_file(spool->folder, 0);
    if (fd < 0)
        return fd;
    void *map = spool_map(fd, offset, PAGE);
    sys_close(fd);
    if (sys_is_error(map))
        return (int)(intptr_t)map;
    *room = (struct spool_room){.bytes = map, .offset = offset, .map = map, .map_len = PAGE};
    return 0;
}

static int spool_page_has_room(const struct spool_page *page)
{
    return page && __atomic_load_n(&page->used, __ATOMIC_RELAXED) + ROOM_FOR_MORE <= SPOOL_SMALL_MAX;
}

/* Claim a page for children, unless one is named that has places left. It is not mapped: only the children use it. */
static void next_page_name(struct spool *spool, uint64_t *next)
{
    if (__atomic_load_n(next, __ATOMIC_RELAXED) & 0xff)
        return;
    int64_t offset = spool_need_header(spool) ? -1 : spool_take_pages(spool, PAGE);
    if (offset > 0)
        __atomic_store_n(next, (uint64_t)offset / PAGE << 8 | CHILDREN_A_PAGE, __ATOMIC_RELAXED);
}

uint32_t spool_next_page(struct spool *spool)
{
    struct spool_page *page = __atomic_load_n(&spool->page, __ATOMIC_ACQUIRE);
    if (spool_page_has_room(page))
        return page->number;
    uint64_t *next = next_page_word(spool, page);
    next_page_name(spool, next);
    return next_page_take(next);
}

void spool_add_cost(const struct spool *spool, uint64_t ns)
{
    if (spool->page)
        __atomic_fetch_add(&spool->page->shim_ns, ns, __ATOMIC_RELAXED);
    else if (spool->header)
        __atomic_fetch_add(&spool->header->shim_ns, ns, __ATOMIC_RELAXED);
}

void spool_detach(struct spool *spool)
{
    if (spool->header)
        sys_munmap(spool->header, SPOOL_HEADER_BYTES);
    spool->header = NULL;
    spool->page = NULL;
}
