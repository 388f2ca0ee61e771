/* SPDX-License-Identifier: MIT */
/* Where a command's result goes: stdout, or a file that `-o` names. */
#ifndef CMD_OUTPUT_H
#define CMD_OUTPUT_H

#include "cmd/cmd.h"

/* Writes the result to the descriptor. CMD_OK, or the reason has been printed. */
typedef int (*output_fn)(void *ctx, int fd);

/* Have `write` write to stdout, when `path` is NULL or "-", or to a file of that path: it appears when it is complete, and when
 * something fails on the way what was there is as it was. What `write` returned, or CMD_FAILED after saying why. */
must_check int output_write(const struct command *self, const char *path, output_fn write, void *ctx);

#endif
