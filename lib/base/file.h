/* SPDX-License-Identifier: MIT */
/* Whole files: reading, and atomic replacement. Knows no formats. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "sys/attr.h"

/* A file being written, in its final folder but unnamed until it is complete. */
struct file_new {
    int fd;         /* write here; -1 when not open */
    char *path;     /* final path */
    bool is_direct; /* `path` is not a regular file and is written to directly */
    bool can_link;  /* the file can be linked to a name; else it is copied on commit */
    mode_t mode;
};

#define FILE_NEW_NONE ((struct file_new){.fd = -1})
#define auto_file_new __attribute__((cleanup(file_abandon))) struct file_new

/* Write all bytes to a descriptor, with as many calls as necessary. 0 or -errno. */
must_check int file_write_all(int fd, const void *bytes, size_t len);

/* Read the descriptor to its end and append that to `out`, at most `limit` bytes. 0, -EFBIG when there is more, or -errno. */
must_check int file_read_fd(int fd, size_t limit, struct buf *out);

/* The same for the file at `path`. */
must_check int file_read(const char *path, size_t limit, struct buf *out);

/* Start to replace the file at `path` by one with the given mode. The new file is unnamed and in the same folder: if the process
 * is killed, nothing is left of it. A symlink is followed; anything but a regular file (a FIFO, /dev/null) is written to
 * directly. 0, and *out is the caller's, to be committed or abandoned; or -errno. */
must_check int file_begin(const char *path, mode_t mode, struct file_new *out);

/* Replace the old file by the new one atomically, and release *file. `durable`: sync to disk before. 0; or -errno, with the old
 * file unchanged and the new one gone. */
must_check int file_commit(struct file_new *file, bool durable);

/* Discard an uncommitted file and release *file; does nothing after a commit. For auto_file_new. */
void file_abandon(struct file_new *file);

/* Replace the file's content: file_begin(), write, file_commit() without a sync. 0 or -errno. */
must_check int file_replace(const char *path, mode_t mode, const void *bytes, size_t len);

/* Atomically replace the file `name` of an open folder, mode 0600, by way of NAME.new: only one process may do so at a time.
 * `durable`: sync to disk. 0 or -errno. */
must_check int file_replace_at(int dirfd, const char *name, const struct buf *bytes, bool durable);

/* Create the folder and its missing parents, each with `mode`. 0, also when it exists already; or -errno. */
must_check int file_make_dirs(const char *path, mode_t mode);

#endif
