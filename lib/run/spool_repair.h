/* SPDX-License-Identifier: MIT */
/* Watches the spool of a run that goes on. The processes of the job have its pages mapped: when somebody cuts the file short,
 * who touches one of these gets a SIGBUS, at its end at the latest. So it is put back to its length at once. What it held is
 * gone, and the run says so; the processes live. The kernel tells of changes in the folder, by the F_NOTIFY of fcntl(2): of
 * inotify's instances each user has 128, and programs of the job may need them all. */
#ifndef RUN_SPOOL_REPAIR_H
#define RUN_SPOOL_REPAIR_H

#include <stdint.h>

#include "run/run_folder.h"

struct spool_repair {
    int fd;         /* becomes readable when a file in the folder has changed; -1 where the kernel doesn't tell */
    uint64_t bytes; /* of the spool, when last looked at */
    uint64_t most;  /* of it that can be in use: its limit at the beginning */
    struct spool_header header; /* the same, without the gate's verdicts */
};

#define SPOOL_REPAIR_NONE ((struct spool_repair){.fd = -1})

/* Begin to watch the spool of `run`, which must have a header and stay open. To be ended in any case. */
void spool_repair_begin(struct spool_repair *m, const struct run_folder *run);

/* To be called when `m->fd` is readable: looks at the spool, and puts it back to its length if it has become shorter. */
void spool_repair_look(struct spool_repair *m, const struct run_folder *run);

/* Watch no more. */
void spool_repair_end(struct spool_repair *m, const struct run_folder *run);

#endif
