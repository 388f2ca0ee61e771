/* SPDX-License-Identifier: MIT */
/* Checks that only root and a given user can have written a file. Freestanding. */
#ifndef SYS_TRUST_H
#define SYS_TRUST_H

#include <stddef.h>
#include <stdint.h>

#include "sys/attr.h"

#define TRUST_PATH_MAX 1024 /* room that any resolved path fits in, or is refused */

/* Resolve the absolute `path` with its symlinks to `out`, which has TRUST_PATH_MAX bytes. 0 when the file, every folder on the
 * path and every symlink followed belong to root or `uid`, and neither group nor others may write to them (root's sticky folders
 * excepted). The result can't become wrong later, since only root and `uid` could change anything on the path. "Root" is the
 * owner of "/", also within a user namespace. -EPERM when the condition does not hold; -EINVAL for a relative path; -ELOOP,
 * -ENAMETOOLONG, or another -errno. After an error, `out` is the resolved path of the component where it occurred; all components
 * above it are trusted. */
must_check int trust_resolve(const char *path, uint32_t uid, char *out);

#endif
