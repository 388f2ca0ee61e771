/* SPDX-License-Identifier: MIT */
/* Starting the guardian: `dtrack finish --guard FOLDER`, detached. */
#ifndef PRELOAD_GUARDIAN_H
#define PRELOAD_GUARDIAN_H

#include "sys/attr.h"

/* Start the guardian of the run in `folder`, which this process leads: a new session, stdio on null, the FIFOs and a pidfd of
 * this process at HANDSHAKE_FD_*, no preload. `library` is this library's path, from which the program is found. 0, or -errno;
 * the program may be missing all the same, and handshake_is_guarded() says whether it runs. */

/* For a process that goes on: it gets no child, no SIGCHLD and no resource usage of one, also when it is a subreaper. */
must_check int guardian_start_early(const char *folder, const char *library, char *const *envp);

/* For a process that is about to end: with one process more and not two. It stays this one's child, which only a wait for
 * children of clone() would find. */
must_check int guardian_start_late(const char *folder, const char *library, char *const *envp);

/* A process of the job could not be made, or its limit has become small: end the guardian of this run, which takes up one of
 * the places. The leader starts another one at its end. 1 when a place is free now that was not, else 0. */
int guardian_give_way(void);

#endif
