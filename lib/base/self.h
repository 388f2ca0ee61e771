/* SPDX-License-Identifier: MIT */
/* The path of the running program. */
#ifndef BASE_SELF_H
#define BASE_SELF_H

#include <limits.h>
#include <stdbool.h>

#include "sys/attr.h"

/* Write the absolute path of the running program: from /proc, or else from the path it was executed with. Works also after the
 * file was replaced by an upgrade. False when neither is available. */
must_check nonnull bool self_path(char out[PATH_MAX]);

#endif
