/* SPDX-License-Identifier: MIT */
/* Whole files: read one, replace one so that nobody ever sees half of it. Knows no formats. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "sys/attr.h"

/* A file being written where it will stay, without a name until it is complete. */
struct file_new {
    int fd;         /* write here; -1 when not open */
    char *path;     /* final name */
    bool is_direct; /* `path` is written itself */
    bool can_link;  /* it can get a name; else it is to be copied */
    mode_t mode;
};

#define FILE_NEW_NONE ((struct file_new){.fd = -1})
#define auto_file_new __attribute__((cleanup(file_abandon))) struct file_new

/* Write all bytes to a descriptor, however many calls that takes. 0 or negative errno. */
must_check int file_write_all(int fd, const void *bytes, size_t len);

/* Append what the descriptor still has to give, at most `limit` bytes. 0, -EFBIG when there is more, or
 * negative errno. */
must_check int file_read_fd(int fd, size_t limit, struct buf *out);

/* Append the contents of the file, at most `limit` bytes. As file_read_fd(). */
must_check int file_read(const char *path, size_t limit, struct buf *out);

/* Start a replacement of `path` with the given mode: a file without a name in the same folder, of which
 * nothing is left when a signal ends the program. A symlink is followed, so that it stays one; something that is no regular file (a pipe, /dev/null) is written directly.
 * On 0 *out is the caller's, to be committed or abandoned. */
must_check int file_begin(const char *path, mode_t mode, struct file_new *out);

/* Put the new file in place, replacing the old one in one step, and release *file. On error the old file is
 * untouched and the temporary one is gone. `durable` waits for the disk first. */
must_check int file_commit(struct file_new *file, bool durable);

/* Remove an uncommitted file and release *file; nothing when it was committed. For auto_file_new. */
void file_abandon(struct file_new *file);

/* Replace the file by these bytes: file_begin, write, file_commit without waiting for the disk. */
must_check int file_replace(const char *path, mode_t mode, const void *bytes, size_t len);

/* Replace the file `name` of an open folder by these bytes, mode 0600, over NAME.new; for one writer at a time. `durable`
 * waits for the disk. 0 or negative errno. */
must_check int file_replace_at(int dirfd, const char *name, const struct buf *bytes, bool durable);

/* Create the folder and its missing parents, each with `mode`. 0 when it is there already. */
must_check int file_make_dirs(const char *path, mode_t mode);

#endif
