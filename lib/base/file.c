/* SPDX-License-Identifier: MIT */
/* Whole-file reading and atomic replacement. Owns descriptors only between a begin and its commit.
 *
 * Replacement is by rename, so that a reader finds the old file or the new one, and a writer that is killed leaves the old
 * one: on one file system only, hence the temporary file beside the final one and not in /tmp. Until then it has no name. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/own.h"

#define NAMES_MAX 100

int file_write_all(int fd, const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

int file_read_fd(int fd, size_t limit, struct buf *out)
{
    char chunk[16384];
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (!n)
            return buf_error(out);
        if ((size_t)n > limit)
            return -EFBIG;
        limit -= (size_t)n;
        buf_add(out, chunk, (size_t)n);
    }
}

int file_read(const char *path, size_t limit, struct buf *out)
{
    auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    return file_read_fd(fd, limit, out);
}

/* The name to replace: the target of a symlink, else the path itself. */
static char *final_path(const char *path)
{
    struct stat st;
    if (!lstat(path, &st) && S_ISLNK(st.st_mode))
        return realpath(path, NULL);
    return strdup(path);
}

/* Whether `path` is to be written to directly: a rename would replace a FIFO or /dev/null by a regular file, for all processes. */
static bool written_directly(const char *path)
{
    struct stat st;
    return !stat(path, &st) && !S_ISREG(st.st_mode);
}

/* Without O_CREAT and O_TRUNC: the target exists, and has no length. */
static int open_direct(struct file_new *file)
{
    file->fd = open(file->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return file->fd < 0 ? -errno : 0;
}

/* The folder that a file is in: a heap string. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
}

/* Open an unnamed file (O_TMPFILE), of which nothing is left when the process is killed. Naming it later requires /proc, which a
 * chroot that is being set up may lack. */
static int open_nameless(struct file_new *file)
{
    auto_free char *folder = folder_of(file->path);
    if (!folder)
        return -ENOMEM;
    if (!access("/proc/self/fd", F_OK))
        file->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    file->can_link = file->fd >= 0;
    return file->can_link ? 0 : -errno;
}

/* Block all signals, so that none ends the process while a temporary name exists. Returns the previous mask. */
static sigset_t hold_signals(void)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    return before;
}

/* For file systems without O_TMPFILE: open a file and unlink it at once; it is copied on commit. */
static int open_unlinked(struct file_new *file)
{
    auto_free char *temp = NULL;
    if (asprintf(&temp, "%s.XXXXXX", file->path) < 0) {
        temp = NULL;
        return -ENOMEM;
    }
    sigset_t before = hold_signals();
    file->fd = mkostemp(temp, O_CLOEXEC);
    int err = file->fd < 0 || unlink(temp) ? -errno : 0;
    sigprocmask(SIG_SETMASK, &before, NULL);
    return err;
}

/* Open the new file. It is created with mode 0600; the requested mode is then set regardless of the umask. */
static int open_temp(struct file_new *file, mode_t mode)
{
    int err = open_nameless(file);
    if (err && err != -EACCES && err != -ENOSPC && err != -EROFS)
        err = open_unlinked(file);
    if (err)
        return err;
    file->mode = mode;
    return fchmod(file->fd, mode) ? -errno : 0;
}

int file_begin(const char *path, mode_t mode, struct file_new *out)
{
    auto_file_new file = {.fd = -1, .path = final_path(path)};
    if (!file.path)
        return -errno;
    file.is_direct = written_directly(file.path);
    int err = file.is_direct ? open_direct(&file) : open_temp(&file, mode);
    if (err)
        return err;
    *out = file;
    file = FILE_NEW_NONE;
    return 0;
}

/* Link an unnamed file to `name`, which must not exist. */
static int link_as(int fd, const char *name)
{
    char proc[32];
    snprintf(proc, sizeof proc, "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, proc, AT_FDCWD, name, AT_SYMLINK_FOLLOW) ? -errno : 0;
}

/* Copy the open file to a new file called `name`. */
static int copy_as(const struct file_new *file, const char *name, bool durable)
{
    char chunk[16384];
    auto_fd to = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (to < 0)
        return -errno;
    int err = fchmod(to, file->mode) ? -errno : 0;
    ssize_t n = 0;
    for (off_t at = 0; !err && (n = pread(file->fd, chunk, sizeof chunk, at)) > 0; at += n)
        err = file_write_all(to, chunk, (size_t)n);
    if (!err && (n < 0 || (durable && fsync(to))))
        err = -errno;
    /* network file systems may report a failed write only on close() */
    if (close(take_fd(&to)) && !err)
        err = -errno;
    return err;
}

/* Give the file an unused temporary name in the same folder, then rename it to its final path. */
static int publish(struct file_new *file, bool durable)
{
    auto_free char *temp = NULL;
    int err = -EEXIST;
    for (int i = 0; i < NAMES_MAX && err == -EEXIST; i++) {
        free(take_ptr(&temp));
        if (asprintf(&temp, "%s.%06x", file->path, (unsigned)(getpid() + i)) < 0) {
            temp = NULL;
            return -ENOMEM;
        }
        err = file->can_link ? link_as(file->fd, temp) : copy_as(file, temp, durable);
    }
    if (err == -EEXIST)
        return err;
    if (!err && close(take_fd(&file->fd)))
        err = -errno;
    if (!err && rename(temp, file->path))
        err = -errno;
    if (err)
        unlink(temp);
    return err;
}

/* Signals are blocked while the temporary name exists. */
int file_commit(struct file_new *file, bool durable)
{
    int err = durable && !file->is_direct && fsync(file->fd) ? -errno : 0;
    sigset_t before = hold_signals();
    if (!err && !file->is_direct)
        err = publish(file, durable);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (file->is_direct && close(take_fd(&file->fd)))
        err = -errno;
    file_abandon(file);
    return err;
}

void file_abandon(struct file_new *file)
{
    int saved = errno;
    if (file->fd >= 0)
        close(file->fd);
    free(file->path);
    *file = FILE_NEW_NONE;
    errno = saved;
}

int file_replace(const char *path, mode_t mode, const void *bytes, size_t len)
{
    auto_file_new file = FILE_NEW_NONE;
    int err = file_begin(path, mode, &file);
    if (!err)
        err = file_write_all(file.fd, bytes, len);
    if (!err)
        err = file_commit(&file, false);
    return err;
}

/* Sync the folder: otherwise the file may be on the disk but not its name. File systems that don't support this are no error. */
static int sync_dir(int dirfd)
{
    return fsync(dirfd) && errno != EINVAL && errno != ENOTSUP ? -errno : 0;
}

int file_replace_at(int dirfd, const char *name, const struct buf *bytes, bool durable)
{
    char temp[NAME_MAX + 1];
    if (snprintf(temp, sizeof temp, "%s.new", name) >= (int)sizeof temp)
        return -ENAMETOOLONG;
    unlinkat(dirfd, temp, 0); /* left by a writer that was killed */
    auto_fd fd = openat(dirfd, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -errno;
    int err = file_write_all(fd, bytes->data, bytes->len);
    if (!err && durable && fsync(fd))
        err = -errno;
    if (!err && renameat(dirfd, temp, dirfd, name))
        err = -errno;
    if (err)
        unlinkat(dirfd, temp, 0);
    return err || !durable ? err : sync_dir(dirfd);
}

/* Create one folder. If two processes do so at the same time, both succeed. */
static int make_dir(const char *path, mode_t mode)
{
    struct stat st;
    if (!mkdir(path, mode))
        return 0;
    if (errno != EEXIST)
        return -errno;
    return !stat(path, &st) && S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

int file_make_dirs(const char *path, mode_t mode)
{
    auto_free char *part = strdup(path);
    if (!part)
        return -ENOMEM;
    for (char *slash = strchr(part + 1, '/'); part[0] && slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int err = make_dir(part, mode);
        *slash = '/';
        if (err)
            return err;
    }
    return make_dir(part, mode);
}
