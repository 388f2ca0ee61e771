/* SPDX-License-Identifier: MIT */
/* Runs whose leader is gone and that nobody has stored: found in the spool's base folders, and sent. */
#ifndef CMD_LEFTOVERS_H
#define CMD_LEFTOVERS_H

#include <stddef.h>

#include "cmd/finishing.h"

struct leftovers_count {
    size_t stored, kept, bad, alive;
};

/* Call `each` with the folder of every run in the spool's base folders, oldest first in each of them. */
void leftovers_each(void (*each)(void *ctx, const char *folder), void *ctx);

/* Called for each run folder that was tried. */
typedef void (*leftovers_fn)(void *ctx, const char *folder, enum finish_result result, const char *why);

/* Finish every left-over run but `except` (or NULL). `each` may be NULL. */
void leftovers_send(const char *except, leftovers_fn each, void *ctx, struct leftovers_count *count);

#endif
