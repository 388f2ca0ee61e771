/* SPDX-License-Identifier: MIT */
/* Starting the guardian, and ending it. */
#ifndef PRELOAD_GUARDIAN_H
#define PRELOAD_GUARDIAN_H

#include "sys/attr.h"

/* Start the guardian of the run that this process leads, unseen by the host: see lib/spool/lead_guardian.h. `library` is this
 * library's path, from which the program is found. Early, the process gets no child, no SIGCHLD and no resource usage of one,
 * also when it is a subreaper; `is_late`, when it is about to end, there is one process more and not two. 0, or -errno; the
 * program may be missing all the same, and handshake_is_guarded() says whether it runs. */
must_check int guardian_start(const char *library, char *const *envp, int is_late);

/* A process of the job could not be made, or its limit has become small: end the guardian of this run, which takes up one of
 * the places. The leader starts another one at its end. 1 when a place is free now that was not, else 0. */
int guardian_give_way(void);

#endif
