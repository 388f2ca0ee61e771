/* SPDX-License-Identifier: MIT */
/* Watches the spool of a run that goes on. The processes of the job have its pages mapped: when somebody cuts the file short,
 * who touches one of these gets a SIGBUS, at its end at the latest. So it is put back to its length at once. What it held is
 * gone, and the run says so; the processes live. inotify(7) tells, so that nothing is looked at while nothing happens. */
#ifndef CMD_MENDING_H
#define CMD_MENDING_H

#include <stdint.h>

#include "cmd/run_folder.h"

struct mending {
    int fd;         /* becomes readable when the spool has changed its length; -1 where there is no inotify */
    uint64_t bytes; /* of the spool, when last looked at */
    struct spool_header header; /* the same, without the gate's verdicts */
};

#define MENDING_NONE ((struct mending){.fd = -1})

/* Begin to watch the spool of `run`, which must have a header and stay open. To be ended in any case. */
void mending_begin(struct mending *m, const struct run_folder *run);

/* To be called when `m->fd` is readable: looks at the spool, and puts it back to its length if it has become shorter. */
void mending_look(struct mending *m, const struct run_folder *run);

/* Watch no more. */
void mending_end(struct mending *m);

#endif
