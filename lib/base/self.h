/* SPDX-License-Identifier: MIT */
/* Where this very program lies. */
#ifndef BASE_SELF_H
#define BASE_SELF_H

#include <limits.h>
#include <stdbool.h>

#include "sys/attr.h"

/* Write the absolute path of the running program: what /proc says, or else how it was called. A file that was
 * replaced meanwhile, by an upgrade, is named all the same. False when neither can tell. */
must_check nonnull bool self_path(char out[PATH_MAX]);

#endif
