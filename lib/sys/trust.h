/* SPDX-License-Identifier: MIT */
/* Files that nobody but root and oneself can have put there. Freestanding. */
#ifndef SYS_TRUST_H
#define SYS_TRUST_H

#include <stddef.h>
#include <stdint.h>

#include "sys/attr.h"

#define TRUST_PATH_MAX 1024 /* room that any resolved path fits in, or is refused */

/* Resolve the absolute `path`, links and all, to `out`, which has TRUST_PATH_MAX bytes. 0 when it, every folder on the way and
 * every link that was followed belong to root or to `uid`, and nobody else may write there: not their group, not others, but
 * for folders of root's that have the sticky bit. -EPERM when that does not hold; -EINVAL for a relative path; -ELOOP,
 * -ENAMETOOLONG, or another -errno. Root is who owns "/". What is trusted stays so, for only those two could change it. After an error, `out` is the
 * path, without links, of what it was met at; all above that is good. */
must_check int trust_resolve(const char *path, uint32_t uid, char *out);

#endif
