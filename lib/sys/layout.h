/* SPDX-License-Identifier: MIT */
/* Finds the program from the library, and the library and the network module from the program: in an installation, which may have
 * been moved as a whole, or in a build folder. No other place is tried: if one of the files was copied to a shared folder,
 * another user could put a file beside it. Freestanding. */
#ifndef SYS_LAYOUT_H
#define SYS_LAYOUT_H

#include <stdint.h>

#include "sys/attr.h"
#include "sys/trust.h"

/* Write to `out`, of TRUST_PATH_MAX bytes, the path of the program `dtrack` that belongs to the library at the absolute path
 * `library`. Both must be trusted for `uid` by trust_resolve(). 0; -ENOENT when the library is not in a known layout or the
 * program does not exist; -EPERM when another user could have written one of them; or another -errno. */
must_check int layout_program(const char *library, uint32_t uid, char *out);

/* The same for libdtrack.so, from the program's path. */
must_check int layout_library(const char *program, uint32_t uid, char *out);

/* The same for libdtrack-net.so, from the program's path. */
must_check int layout_module(const char *program, uint32_t uid, char *out);

#endif
