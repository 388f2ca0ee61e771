/* SPDX-License-Identifier: MIT */
/* The fold: a spool and a marker file in, one run and its spans out. Knows no format and no store.
 *
 * Spans come in this order: the run, its tasks, its marks, then processes. Memory is bounded by what a process needs
 * to be known as somebody's parent, and by `memory_bytes` for the events of the processes that are folded at a time. */
#ifndef MODEL_ASSEMBLE_H
#define MODEL_ASSEMBLE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/span.h"
#include "model/summary.h"
#include "spool/reader.h"
#include "sys/attr.h"

/* Called with each span. Return 0 to go on, a negative errno to stop. */
typedef int (*assemble_fn)(void *ctx, const struct span *span);

struct assemble {
    struct spool_reader *reader;
    int marks_fd;                     /* the marker file, or -1 */
    const char *name;                 /* the run's name, or NULL: what the leader runs */
    const char *rules;                /* the user's words for secrets in marks, as for redact_init(), or NULL */
    int64_t noticed_ns;               /* monotonic: when the leader was noticed gone, unless it said so itself */
    int64_t latest_ns;                /* monotonic: all of the run that has ended had done so by then; 0 = not known */
    struct wait_status leader_status; /* when the kernel told */
    bool leader_runs;                 /* the run has not ended: a look at it so far */
    size_t
        memory_bytes;  /* for events; 0 = as much as keeps the whole below 64 MiB, or with what `emit` keeps below 96 */
    size_t kept_bytes; /* that `emit` keeps of each process */
    /* Whether process `pid`, which had started by Unix time `start_ns`, is still running. NULL: nobody is. */
    bool (*alive)(void *ctx, int32_t pid, int64_t start_ns);
    void *alive_ctx;
    assemble_fn emit;
    void *emit_ctx;
};

/* Fold. Fills the identity, times, status, command, totals, coverage and shim cost of `summary`, which the caller has
 * initialised. 0, a negative errno from reading, or what `emit` returned. */
must_check int assemble(const struct assemble *a, struct summary *summary);

#endif
