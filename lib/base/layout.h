/* SPDX-License-Identifier: MIT */
/* Where the library and the program are, one seen from the other: installed, wherever that was moved to, or in a build folder.
 * Nowhere else: a copy of one of them in a shared folder has neighbours that anybody may have put there. Freestanding. */
#ifndef BASE_LAYOUT_H
#define BASE_LAYOUT_H

#include <stdint.h>

#include "base/attr.h"
#include "base/trust.h"

/* Write to `out`, of TRUST_PATH_MAX bytes, where the program `dtrack` is that belongs to the library at the absolute path
 * `library`. Both are good for `uid` only as trust_resolve() says. 0; -ENOENT when the library is in no layout of ours, or
 * when nothing is at the program's place; -EPERM when somebody else could have put one of them there; or another -errno. */
must_check int layout_program(const char *library, uint32_t uid, char *out);

/* The same for libdtrack.so, from the program's path. */
must_check int layout_library(const char *program, uint32_t uid, char *out);

#endif
