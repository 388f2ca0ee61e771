/* SPDX-License-Identifier: MIT */
/* Writing to the local folder: first whole without a name, then made visible in one step. Whoever is killed before leaves
 * nothing; where a file system has no nameless files, one with a hidden name. */
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
#define NAMED_NAME LOCAL_HIDDEN "new" /* for one moment, under the lock */
#define LOCK_PAUSE_MS 5
#define STRANGER_WAIT_MS 1000 /* an honest one has the lock for a moment */

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif

/* One object on its way. */
struct landing {
    struct buf path;  /* for messages */
    int folder;       /* where it will stay */
    const char *last; /* its name there */
    struct buf temp;  /* hidden name there; "" = it has none */
    int fd;           /* what has no name; -1 = it has one */
    const char *step; /* what is being done, for a message */
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

/* A file without a name gets one by /proc only, which a root under construction may lack. */
static int open_nameless(int folder)
{
    if (!access("/proc/self/fd", F_OK))
        return openat(folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    errno = EOPNOTSUPP;
    return -1;
}

/* A new file with a hidden name. */
static int open_hidden(struct landing *l)
{
    for (int i = 0; i < TEMP_TRIES; i++) {
        uint64_t lot;
        random_fill(&lot, sizeof lot);
        buf_clear(&l->temp);
        buf_printf(&l->temp, LOCAL_HIDDEN "new-%016llx", (unsigned long long)lot);
        if (buf_error(&l->temp))
            return buf_error(&l->temp);
        int fd = openat(l->folder, buf_text(&l->temp), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd >= 0)
            return fd;
        if (errno != EEXIST)
            break;
    }
    int err = -errno;
    buf_clear(&l->temp); /* there is none to remove */
    return err;
}

/* An open file in the folder where it will stay: without a name, or else with a hidden one. */
static int open_temp(struct landing *l)
{
    int fd = open_nameless(l->folder);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL && errno != ENOENT))
        return fd < 0 ? -errno : fd;
    return open_hidden(l);
}

/* Put the whole body on the disk. What has no name stays open, or it would be gone. */
static int write_temp(struct landing *l, const struct store_body *body)
{
    auto_fd fd = open_temp(l);
    if (fd < 0)
        return fd;
    int err = copy_body(body, fd);
    if (!err && fsync(fd))
        err = -errno;
    if (!l->temp.len) {
        l->fd = take_fd(&fd);
        return err;
    }
    /* close() is where a network file system tells that a write had failed */
    if (close(take_fd(&fd)) && !err)
        err = -errno;
    return err;
}

/* Without this the name could be lost with the power, though the content is safe. */
static int sync_folder(int folder)
{
    auto_fd fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    return fsync(fd) && errno != EINVAL && errno != ENOTSUP ? -errno : 0;
}

/* Give what is open and has no name one that is not taken. */
static int link_open(int fd, int folder, const char *name)
{
    char proc[32];
    snprintf(proc, sizeof proc, "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, proc, folder, name, AT_SYMLINK_FOLLOW) ? -errno : 0;
}

/* Give the finished file its name unless that is taken. A link does it everywhere but on file systems without
 * hard links; those are asked for a rename that replaces nothing. */
static int publish_new(const struct landing *l)
{
    const char *temp = buf_text(&l->temp);
    if (l->fd >= 0)
        return link_open(l->fd, l->folder, l->last);
    if (!linkat(l->folder, temp, l->folder, l->last, 0))
        return 0;
    if (errno != EPERM && errno != ENOSYS && errno != EOPNOTSUPP)
        return -errno;
    return syscall(SYS_renameat2, l->folder, temp, l->folder, l->last, RENAME_NOREPLACE) ? -errno : 0;
}

/* Open the lock file; *is_strange tells that another user could be who holds it. */
static int open_lock(int folder, bool *is_strange)
{
    struct stat st;
    auto_fd fd = openat(folder, LOCK_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0 || fstat(fd, &st))
        return -errno;
    *is_strange = (st.st_uid != 0 && st.st_uid != geteuid()) || st.st_nlink > 1;
    return S_ISREG(st.st_mode) ? take_fd(&fd) : -EPERM;
}

/* Lock the folder against other replacing writers. Never waits in the kernel: its holder may be a stopped
 * process. The lock is the descriptor's; -EAGAIN when it stayed taken until the deadline; -EBUSY when somebody else's stayed so for
 * longer than a writer takes. */
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
static int check_tag(const struct landing *l, const char *etag)
{
    char now[LOCAL_TAG];
    bool stopped;
    auto_fd fd = local_open_object(l->folder, l->last);
    if (fd < 0)
        return fd == -ENOENT ? -ESRCH : fd;
    int err = local_stream(fd, NULL, NULL, now, &stopped);
    return err ? err : strcmp(now, etag) ? -ESRCH : 0;
}

/* A rename needs a name. Under the lock there is one such file, and what a killed writer left of it goes first. */
static int name_temp(struct landing *l)
{
    if (l->fd < 0)
        return 0;
    buf_str(&l->temp, NAMED_NAME);
    int err = buf_error(&l->temp);
    if (err)
        return err;
    unlinkat(l->folder, l->temp.data, 0);
    return link_open(l->fd, l->folder, l->temp.data);
}

/* Compare and rename under the lock. The body was written before: the lock is held for a moment only. */
static int publish_over(struct landing *l, const char *etag, int64_t deadline)
{
    auto_fd lock = lock_folder(l->folder, deadline, l->hurry);
    if (lock < 0)
        return lock;
    int err = check_tag(l, etag);
    if (!err)
        err = name_temp(l);
    if (!err && renameat(l->folder, buf_text(&l->temp), l->folder, l->last))
        err = -errno;
    if (l->fd >= 0 && l->temp.len && err)
        unlinkat(l->folder, l->temp.data, 0);
    if (l->fd >= 0)
        buf_clear(&l->temp); /* the name is another writer's as soon as the lock is let go */
    return err;
}

/* All steps from body to name. Without a tag it is a create. */
static int land(struct landing *l, const struct store_body *body, const char *etag, int64_t deadline)
{
    struct stat st;
    if (!etag && !fstatat(l->folder, l->last, &st, AT_SYMLINK_NOFOLLOW))
        return -EEXIST; /* nothing to write where it cannot land: also works in a folder that is not ours to write */
    int err = write_temp(l, body);
    if (err)
        return err;
    err = etag ? publish_over(l, etag, deadline) : publish_new(l);
    return err ? err : sync_folder(l->folder);
}

/* The result and message for an errno; -EEXIST and -ESRCH stand for a create and a replace that came too
 * late. */
static enum store_result outcome(const struct landing *l, int err, struct buf *why)
{
    const char *path = buf_text(&l->path);
    if (!err)
        return STORE_OK;
    if (err == -EBUSY) {
        buf_clear(why);
        buf_printf(why, "cannot write '%s': another user holds the lock " LOCK_NAME " of its folder", path);
        return STORE_RETRY;
    }
    enum store_result result = local_fail(why, l->step, path, err);
    if (err != -EEXIST && err != -ESRCH)
        return result == STORE_MISSING ? STORE_RETRY : result; /* a folder removed under our hands */
    buf_clear(why);
    buf_printf(why, "cannot write '%s': %s", path,
               err == -EEXIST ? "it exists" : "it changed since it was read");
    return err == -EEXIST ? STORE_EXISTS : STORE_CHANGED;
}

/* A part of the name that is kept for our own files. */
static bool is_hidden(const char *name)
{
    return !strncmp(name, LOCAL_HIDDEN, strlen(LOCAL_HIDDEN)) || strstr(name, "/" LOCAL_HIDDEN);
}

/* An object lies in one folder, so the lock of that folder orders all who replace it, and nobody else. */
enum store_result local_put(struct store *store, const char *name, const struct store_body *body,
                            enum store_mode mode, const char *etag, struct buf *why)
{
    const struct local_store *fs = store->self;
    struct landing l = {.folder = -1, .fd = -1, .step = "write", .hurry = fs->hurry};
    if (is_hidden(name)) {
        buf_printf(why, "cannot write '%s' at %s: names in " LOCAL_HIDDEN " are kept for the store itself",
                   name, fs->label);
        return STORE_REFUSED;
    }
    int64_t deadline = clock_now_ms() + fs->deadline_ms;
    local_path(fs, name, &l.path);
    l.folder = local_enter(fs, name, true, &l.last);
    if (l.folder < 0 && l.folder != -ELOOP)
        l.step = "create the folder";
    int err = l.folder < 0 ? l.folder : land(&l, body, mode == STORE_REPLACE ? etag : NULL, deadline);
    if (l.temp.len)
        unlinkat(l.folder, l.temp.data, 0); /* its second name, or a rest; gone already after a rename */
    own_close_fd(&l.fd);
    own_close_fd(&l.folder);
    enum store_result result = outcome(&l, err, why);
    buf_release(&l.path);
    buf_release(&l.temp);
    return result;
}
