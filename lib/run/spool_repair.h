/* SPDX-License-Identifier: MIT */
/* Watches the spool of a run that is going on. The job's processes have its pages mapped: if something truncates the file, each of
 * them gets a SIGBUS when it next touches a lost page, at its exit at the latest. So the file is extended to its length again at
 * once. The lost records stay lost, and the run reports that; the processes survive. Changes are noticed by F_NOTIFY of fcntl(2),
 * not inotify, of which a user has only 128 instances: the job may need them all. */
#ifndef RUN_SPOOL_REPAIR_H
#define RUN_SPOOL_REPAIR_H

#include <stdint.h>

#include "run/run_folder.h"

struct spool_repair {
    int fd;         /* becomes readable when a file in the folder has changed; -1 where the kernel can't notify */
    uint64_t bytes; /* length of the spool at the last check */
    uint64_t most;  /* the length that writers can use at most: the limit when watching began */
    struct spool_header header; /* a copy from the last check, without the gate's verdicts */
};

#define SPOOL_REPAIR_NONE ((struct spool_repair){.fd = -1})

/* Begin to watch the spool of `run`, which must have a header and stay open. Call spool_repair_end() in any case. */
void spool_repair_begin(struct spool_repair *m, const struct run_folder *run);

/* Call when `m->fd` is readable: checks the spool, and restores its length if it was truncated. */
void spool_repair_look(struct spool_repair *m, const struct run_folder *run);

/* Stop watching. */
void spool_repair_end(struct spool_repair *m, const struct run_folder *run);

#endif
