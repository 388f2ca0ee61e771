/* SPDX-License-Identifier: MIT */
/* Owns SIGIO, which stays blocked, and a signalfd for it. Processes keep recording while it writes to the spool. It uses read and
 * write calls, never the mapping, since the file may be truncated again at any time. */
#include "run/spool_repair.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/attr.h"

#define HEADER_WORDS offsetof(struct spool_header, pad)
#define GROWN_UNSEEN ((uint64_t)1 << 20) /* bytes that processes may have added and mapped since the last check */

static uint64_t size_of(const struct run_folder *run)
{
    struct stat st;
    return fstat(run->spool_fd, &st) ? 0 : (uint64_t)st.st_size;
}

static bool read_header(struct spool_repair *m, const struct run_folder *run)
{
    return pread(run->spool_fd, &m->header, HEADER_WORDS, 0) == (ssize_t)HEADER_WORDS;
}

static void remember(struct spool_repair *m, const struct run_folder *run, uint64_t bytes)
{
    struct spool_header before = m->header;
    m->bytes = bytes;
    if (!read_header(m, run) || m->header.magic != SPOOL_MAGIC)
        m->header = before; /* truncated again */
}

void spool_repair_begin(struct spool_repair *m, const struct run_folder *run)
{
    sigset_t changes;
    sigemptyset(&changes);
    sigaddset(&changes, SIGIO);
    sigprocmask(SIG_BLOCK, &changes, NULL);
    *m = (struct spool_repair){.fd = -1, .bytes = size_of(run), .header = *run->header};
    m->most = (MIN(m->header.limit, SPOOL_LIMIT_MAX - SPOOL_CHUNK) + SPOOL_CHUNK) & ~(SPOOL_CHUNK - 1);
    if (!fcntl(run->folder_fd, F_NOTIFY, DN_MODIFY | DN_MULTISHOT))
        m->fd = signalfd(-1, &changes, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Mark the pages that lost their head as full. Processes still have records in them, at offsets that a page of zeros would hand out
 * again. */
static bool fill_pages(const struct run_folder *run, uint64_t from, uint64_t to)
{
    const struct spool_page full = {.used = SPOOL_PAGE_BYTES};
    bool done = true;
    for (uint64_t at = from - from % SPOOL_PAGE_BYTES; at < to && done; at += SPOOL_PAGE_BYTES) {
        struct spool_page page;
        done = pread(run->spool_fd, &page, sizeof page, (off_t)at) == (ssize_t)sizeof page &&
               (page.head.tag || pwrite(run->spool_fd, &full.used, sizeof full.used,
                                        (off_t)(at + offsetof(struct spool_page, used))) > 0);
    }
    return done;
}

/* Write the header back. Until then, a process that claims room finds a limit of 0, and a process that starts finds no magic. If
 * the disk had no room for the file, `next` is set to the limit so that no room can be claimed. */
static void restore_header(struct spool_repair *m, const struct run_folder *run, uint64_t left, bool is_filled)
{
    if (left >= HEADER_WORDS && !read_header(m, run))
        return;
    m->header.next = is_filled ? m->bytes : m->header.limit;
    m->header.reserved = m->bytes;
    m->header.truncated++;
    ssize_t written = pwrite(run->spool_fd, &m->header, HEADER_WORDS, 0);
    (void)written; /* the run goes on unrecorded */
}

/* Restore the length first, since processes die until then; but not beyond what writers can use, as the job may have made the file
 * 64 GiB long. If it is truncated again meanwhile, the next notification starts this over. */
static void put_back(struct spool_repair *m, const struct run_folder *run, uint64_t left)
{
    uint64_t to = MIN((m->bytes + GROWN_UNSEEN) & ~(SPOOL_CHUNK - 1), m->most);
    if (ftruncate(run->spool_fd, (off_t)to))
        return;
    m->bytes = to;
    bool is_filled =
        !posix_fallocate(run->spool_fd, 0, (off_t)to) && fill_pages(run, MAX(left, SPOOL_HEADER_BYTES), to);
    restore_header(m, run, left, is_filled);
}

void spool_repair_look(struct spool_repair *m, const struct run_folder *run)
{
    struct signalfd_siginfo change;
    if (read(m->fd, &change, sizeof change) < 0)
        return;
    uint64_t bytes = size_of(run); /* any later change raises another signal */
    if (bytes < m->bytes)
        put_back(m, run, bytes);
    else if (bytes > m->bytes)
        remember(m, run, bytes);
}

void spool_repair_end(struct spool_repair *m, const struct run_folder *run)
{
    if (m->fd < 0)
        return;
    fcntl(run->folder_fd, F_NOTIFY, 0);
    close(m->fd);
    m->fd = -1;
}
