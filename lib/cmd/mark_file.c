/* SPDX-License-Identifier: MIT */
/* The marker file in the run's folder: found, opened, appended to. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "cmd/mark_parts.h"
#include "spool/folder.h"
#include "spool/mark_clean.h"
#include "spool/record.h"
#include "sys/clock.h"

#define MARKS_LEAST_SHARE 8 /* an eighth */

/* Whether the open folder holds a spool of the caller's, and not just a file of that name. */
static bool is_run(int folder)
{
    struct stat st;
    uint64_t magic = 0;
    auto_fd fd = openat(folder, "spool", O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    return fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_uid == geteuid() && st.st_nlink == 1 &&
           pread(fd, &magic, sizeof magic, offsetof(struct spool_header, magic)) == sizeof magic &&
           magic == SPOOL_MAGIC;
}

int mark_folder_open(const char *run)
{
    struct stat st;
    if (!run)
        return -ENXIO;
    auto_fd folder = open(run, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0 || fstat(folder, &st))
        return -errno;
    if (st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
        return -EPERM;
    return is_run(folder) ? take_fd(&folder) : -ENOTDIR;
}

int mark_file_open(const struct mark_call *call, const char *name, int flags)
{
    struct stat st;
    auto_fd folder = mark_folder_open(call->run);
    if (folder < 0)
        return folder;
    /* not to wait for the other end, should it be a FIFO */
    auto_fd fd = openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (fd < 0 || fstat(fd, &st))
        return -errno;
    if (flags & O_CREAT && S_ISREG(st.st_mode) && (st.st_mode & 0600) != 0600 && fchmod(fd, 0600))
        return -errno; /* the job's umask must not shut out its next mark */
    return S_ISREG(st.st_mode) ? take_fd(&fd) : -EINVAL;
}

/* One write, so that marks of several processes never mix; what is left of a short one is not written later,
 * where it would land behind somebody else's. A limit on file sizes must not kill. */
static int write_once(int fd, const struct buf *line)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGXFSZ, &ignore, &before);
    ssize_t written = write(fd, line->data, line->len);
    int err = written < 0 ? -errno : 0;
    sigaction(SIGXFSZ, &before, NULL);
    return !err && (size_t)written < line->len ? -ENOSPC : err;
}

/* The bytes that marks may take by now: what the spool leaves of the limit, and in any case a share, so that a run of very many
 * processes still has its tasks. */
static int64_t marks_may_take(const struct spool_header *h)
{
    uint64_t limit = h->limit, next = __atomic_load_n(&h->next, __ATOMIC_RELAXED);
    uint64_t left = next < limit ? limit - next : 0;
    return MIN(marks_room(limit), (int64_t)MAX(left, limit / MARKS_LEAST_SHARE));
}

/* Whether `fd`, the marker file, has room for so many bytes more. One that has none is counted in the spool's header, for the
 * run's summary. 0 or -ENOBUFS; where the spool can't be looked at there is no limit. */
static int check_room(const struct mark_call *call, int fd, size_t bytes)
{
    struct stat st, spool;
    auto_fd spool_fd = mark_file_open(call, "spool", O_RDWR);
    if (spool_fd < 0 || fstat(fd, &st) || fstat(spool_fd, &spool) || spool.st_size < (off_t)SPOOL_HEADER_BYTES)
        return 0;
    struct spool_header *h = mmap(NULL, SPOOL_HEADER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, spool_fd, 0);
    if (h == MAP_FAILED)
        return 0;
    bool known = h->magic == SPOOL_MAGIC && h->version == SPOOL_VERSION && h->limit;
    bool fits = !known || st.st_size + (off_t)bytes <= marks_may_take(h);
    if (!fits)
        __atomic_fetch_add(&h->missed_marks, 1, __ATOMIC_RELAXED);
    munmap(h, SPOOL_HEADER_BYTES);
    return fits ? 0 : -ENOBUFS;
}

int mark_file_append(const struct mark_call *call, struct mark mark)
{
    auto_buf line = BUF_EMPTY;
    auto_mark_clean clean = {0};
    int err = mark_clean_set(&clean, &mark, call->rules);
    if (err)
        return err;
    if (!mark.time_ns) {
        clean.mark.time_ns = clock_ns(CLOCK_REALTIME);
        clean.mark.mono_ns = clock_now_ns();
    }
    clean.mark.pid = (int32_t)getpid();
    err = mark_format(&clean.mark, &line);
    if (err) /* not what a full file gives, and what no plain file does */
        return err == -EFBIG ? -EMSGSIZE : err == -EINVAL ? -ENAMETOOLONG : err;
    auto_fd fd = mark_file_open(call, "marks", O_WRONLY | O_APPEND | O_CREAT);
    if (fd < 0)
        return fd;
    err = check_room(call, fd, line.len);
    return err ? err : write_once(fd, &line);
}
