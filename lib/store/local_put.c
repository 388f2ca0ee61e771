/* SPDX-License-Identifier: MIT */
/* Writes to the local folder: the object is completed as an unnamed file (O_TMPFILE), then published in one step. A writer killed
 * before that leaves nothing, or, where the file system lacks O_TMPFILE, a file with a hidden name. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/file.h"
#include "base/own.h"
#include "store/body.h"
#include "store/local.h"
#include "store/random.h"
#include "sys/clock.h"

#define LOCK_NAME LOCAL_HIDDEN "lock"
#define TEMP_TRIES 16
#define RENAME_NAME LOCAL_HIDDEN "new" /* used briefly, under the lock, to rename an unnamed file over an object */
#define LOCK_PAUSE_MS 5
#define STRANGER_WAIT_MS 1000 /* for a lock file of another user, who should hold the lock only briefly */

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif

/* The state of writing one object. */
struct put {
    struct buf path;     /* for messages */
    int folder;          /* the folder of the object */
    const char *last;    /* the object's name in the folder */
    struct buf temp;     /* the file's hidden name in the folder; "" = it has none */
    int fd;              /* the file while it is unnamed; -1 = it has a name */
    const char *step;    /* the current step, for messages */
    bool (*hurry)(void); /* the store's */
};

/* Copy in pieces: the body may be larger than memory. */
static int copy_body(const struct store_body *body, int fd)
{
    auto_free char *chunk = malloc(BODY_CHUNK);
    if (!chunk)
        return -ENOMEM;
    for (uint64_t offset = 0; offset < body->size;) {
        size_t len = (size_t)MIN(body->size - offset, (uint64_t)BODY_CHUNK);
        int err = body_read(body, offset, chunk, len);
        if (!err)
            err = file_write_all(fd, chunk, len);
        if (err)
            return err;
        offset += len;
    }
    return 0;
}

/* Open an unnamed file. Naming it later requires /proc, which a chroot that is being set up may lack. */
static int open_nameless(int folder)
{
    if (!access("/proc/self/fd", F_OK))
        return openat(folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    errno = EOPNOTSUPP;
    return -1;
}

/* Create a file with a hidden name. */
static int open_hidden(struct put *p)
{
    for (int i = 0; i < TEMP_TRIES; i++) {
        uint64_t lot;
        random_fill(&lot, sizeof lot);
        buf_clear(&p->temp);
        buf_printf(&p->temp, LOCAL_HIDDEN "new-%016llx", (unsigned long long)lot);
        if (buf_error(&p->temp))
            return buf_error(&p->temp);
        int fd = openat(p->folder, buf_text(&p->temp), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd >= 0)
            return fd;
        if (errno != EEXIST)
            break;
    }
    int err = -errno;
    buf_clear(&p->temp); /* nothing was created, so there is nothing to remove */
    return err;
}

/* Open a file in the object's folder: unnamed, or else with a hidden name. */
static int open_temp(struct put *p)
{
    int fd = open_nameless(p->folder);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL && errno != ENOENT))
        return fd < 0 ? -errno : fd;
    return open_hidden(p);
}

/* Write the whole body and sync it. An unnamed file stays open, since closing it would delete it. */
static int write_temp(struct put *p, const struct store_body *body)
{
    auto_fd fd = open_temp(p);
    if (fd < 0)
        return fd;
    int err = copy_body(body, fd);
    if (!err && fsync(fd))
        err = -errno;
    if (!p->temp.len) {
        p->fd = take_fd(&fd);
        return err;
    }
    /* network file systems may report a failed write only on close() */
    if (close(take_fd(&fd)) && !err)
        err = -errno;
    return err;
}

/* Sync the folder: otherwise a power failure could lose the name although the content is safe. */
static int sync_folder(int folder)
{
    auto_fd fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    return fsync(fd) && errno != EINVAL && errno != ENOTSUP ? -errno : 0;
}

/* Link an unnamed file to `name`; fails with -EEXIST when that exists. */
static int link_open(int fd, int folder, const char *name)
{
    char proc[32];
    snprintf(proc, sizeof proc, "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, proc, folder, name, AT_SYMLINK_FOLLOW) ? -errno : 0;
}

/* Publish the finished file under its name unless that exists. Uses a hard link, or, on file systems without these, a rename with
 * RENAME_NOREPLACE. */
static int publish_new(const struct put *p)
{
    const char *temp = buf_text(&p->temp);
    if (p->fd >= 0)
        return link_open(p->fd, p->folder, p->last);
    if (!linkat(p->folder, temp, p->folder, p->last, 0))
        return 0;
    if (errno != EPERM && errno != ENOSYS && errno != EOPNOTSUPP)
        return -errno;
    return syscall(SYS_renameat2, p->folder, temp, p->folder, p->last, RENAME_NOREPLACE) ? -errno : 0;
}

/* Open the lock file; *is_strange is set when another user may be holding the lock. */
static int open_lock(int folder, bool *is_strange)
{
    struct stat st;
    auto_fd fd = openat(folder, LOCK_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0 || fstat(fd, &st))
        return -errno;
    *is_strange = (st.st_uid != 0 && st.st_uid != geteuid()) || st.st_nlink > 1;
    return S_ISREG(st.st_mode) ? take_fd(&fd) : -EPERM;
}

/* Lock the folder against other writers that replace objects. Polls instead of blocking in the kernel, since the holder may be a
 * stopped process. A descriptor, whose closing releases the lock; -EAGAIN when the lock was still held at the deadline; -EBUSY
 * when another user's lock file was locked for longer than a writer needs; or another -errno. */
static int lock_folder(int folder, int64_t deadline, bool (*hurry)(void))
{
    bool is_strange = false;
    auto_fd fd = open_lock(folder, &is_strange);
    if (fd < 0)
        return fd;
    if (is_strange)
        deadline = MIN(deadline, clock_now_ms() + STRANGER_WAIT_MS);
    while (flock(fd, LOCK_EX | LOCK_NB)) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return -errno;
        if (hurry && hurry()) {
            deadline = MIN(deadline, clock_now_ms() + STORE_HURRY_MS);
            hurry = NULL;
        }
        if (clock_now_ms() >= deadline)
            return is_strange ? -EBUSY : -EAGAIN;
        clock_sleep_ms(LOCK_PAUSE_MS);
    }
    return take_fd(&fd);
}

/* Whether the object still has this tag: 0, -ESRCH when not, or the error of reading it. */
static int check_tag(const struct put *p, const char *etag)
{
    char now[LOCAL_TAG];
    bool stopped;
    auto_fd fd = local_open_object(p->folder, p->last);
    if (fd < 0)
        return fd == -ENOENT ? -ESRCH : fd;
    int err = local_stream(fd, NULL, NULL, now, &stopped);
    return err ? err : strcmp(now, etag) ? -ESRCH : 0;
}

/* Give an unnamed file a name, which a rename needs. Only the holder of the lock uses that name; a file that a killed writer left
 * there is removed first. */
static int name_temp(struct put *p)
{
    if (p->fd < 0)
        return 0;
    buf_str(&p->temp, RENAME_NAME);
    int err = buf_error(&p->temp);
    if (err)
        return err;
    unlinkat(p->folder, p->temp.data, 0);
    return link_open(p->fd, p->folder, p->temp.data);
}

/* Compare the tag and rename, under the lock. The body has been written before, so the lock is held only briefly. */
static int publish_over(struct put *p, const char *etag, int64_t deadline)
{
    auto_fd lock = lock_folder(p->folder, deadline, p->hurry);
    if (lock < 0)
        return lock;
    int err = check_tag(p, etag);
    if (!err)
        err = name_temp(p);
    if (!err && renameat(p->folder, buf_text(&p->temp), p->folder, p->last))
        err = -errno;
    if (p->fd >= 0 && p->temp.len && err)
        unlinkat(p->folder, p->temp.data, 0);
    if (p->fd >= 0)
        buf_clear(&p->temp); /* once the lock is released, another writer may use the name */
    return err;
}

/* All steps from writing the body to publishing. Without a tag it is a create. */
static int write_and_publish(struct put *p, const struct store_body *body, const char *etag, int64_t deadline)
{
    struct stat st;
    if (!etag && !fstatat(p->folder, p->last, &st, AT_SYMLINK_NOFOLLOW))
        return -EEXIST; /* checked early: gives the right result also in a folder that we may not write to */
    int err = write_temp(p, body);
    if (err)
        return err;
    err = etag ? publish_over(p, etag, deadline) : publish_new(p);
    return err ? err : sync_folder(p->folder);
}

/* The result and message for an errno. -EEXIST means that a create lost to another writer, -ESRCH that a replace did. */
static enum store_result outcome(const struct put *p, int err, struct buf *why)
{
    const char *path = buf_text(&p->path);
    if (!err)
        return STORE_OK;
    if (err == -EBUSY) {
        buf_clear(why);
        buf_printf(why, "cannot write '%s': another user holds the lock " LOCK_NAME " of its folder", path);
        return STORE_RETRY;
    }
    enum store_result result = local_fail(why, p->step, path, err);
    if (err != -EEXIST && err != -ESRCH)
        return result == STORE_MISSING ? STORE_RETRY : result; /* the folder was removed meanwhile */
    buf_clear(why);
    buf_printf(why, "cannot write '%s': %s", path, err == -EEXIST ? "it exists" : "it changed since it was read");
    return err == -EEXIST ? STORE_EXISTS : STORE_CHANGED;
}

/* Whether a component of the name starts with the prefix that is reserved for our own files. */
static bool is_hidden(const char *name)
{
    return !strncmp(name, LOCAL_HIDDEN, strlen(LOCAL_HIDDEN)) || strstr(name, "/" LOCAL_HIDDEN);
}

/* Each object is in exactly one folder, so a lock per folder serializes all writers that replace it. */
enum store_result local_put(struct store *store, const char *name, const struct store_body *body, enum store_mode mode,
                            const char *etag, struct buf *why)
{
    const struct local_store *fs = store->self;
    struct put p = {.folder = -1, .fd = -1, .step = "write", .hurry = fs->hurry};
    if (is_hidden(name)) {
        buf_printf(why, "cannot write '%s' at %s: names in " LOCAL_HIDDEN " are kept for the store itself", name,
                   fs->label);
        return STORE_REFUSED;
    }
    int64_t deadline = clock_now_ms() + fs->deadline_ms;
    local_path(fs, name, &p.path);
    p.folder = local_enter(fs, name, true, &p.last);
    if (p.folder < 0 && p.folder != -ELOOP)
        p.step = "create the folder";
    int err = p.folder < 0 ? p.folder : write_and_publish(&p, body, mode == STORE_REPLACE ? etag : NULL, deadline);
    if (p.temp.len)
        unlinkat(p.folder, p.temp.data,
                 0); /* the second name after a link, or a failed write; gone already after a rename */
    own_close_fd(&p.fd);
    own_close_fd(&p.folder);
    enum store_result result = outcome(&p, err, why);
    buf_release(&p.path);
    buf_release(&p.temp);
    return result;
}
