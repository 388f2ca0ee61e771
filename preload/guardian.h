/* SPDX-License-Identifier: MIT */
/* Starting the guardian: `dtrack finish --guard FOLDER`, detached. */
#ifndef PRELOAD_GUARDIAN_H
#define PRELOAD_GUARDIAN_H

#include "base/attr.h"

/* Start the guardian of the run in `folder`, which this process leads: a new session, stdio on null, the FIFOs and a pidfd of
 * this process at HANDSHAKE_FD_*, no preload, no child and no SIGCHLD for the host. `library` is this library's path, from which
 * the program is found. 0 or -errno. */
must_check int guardian_start(const char *folder, const char *library, char *const *envp);

#endif
