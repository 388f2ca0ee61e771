/* SPDX-License-Identifier: MIT */
/* What this process knows of its children: cells in blocks of the spool, written by plain stores. */
#ifndef PRELOAD_CELLS_H
#define PRELOAD_CELLS_H

#include <stdint.h>
#include <sys/resource.h>

#include "spool/record.h"

/* Claim a cell, in a new block when the current one is full. Safe for several threads at once. NULL when there is
 * no room. *ref, when not NULL, is the cell's reference. It stays mapped until it is given to cells_born(); in a fork child,
 * for good. */
struct spool_cell *cells_claim(uint32_t *ref);

/* Make sure that there is room for some dozens of children, for a process that may not open files later. */
void cells_reserve(void);

/* Publish a claimed cell, which may be NULL, as a child that was started at `start_ns`; pid <= 0 makes it void. */
void cells_born(struct spool_cell *cell, int32_t pid, int64_t start_ns);

/* A wait returned `pid` with `status`; `usage` may be NULL. Ignores stops and continues. */
void cells_reaped(int32_t pid, struct wait_status status, const struct rusage *usage);

/* The time now, for one of the next two; or 0. A process that nobody told us about must be on record before its shell looks
 * for a parent. */
int64_t cells_system_begin(void);

/* system() ran from `start_ns` until now and returned `status`; or pclose(stream) did, then `stream` is not NULL. */
void cells_system(int64_t start_ns, struct wait_status status, const void *stream);

/* popen(), called at `start_ns`, returned `stream`. */
void cells_popen(int64_t start_ns, const void *stream);

#endif
