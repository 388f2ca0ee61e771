/* SPDX-License-Identifier: MIT */
/* The guardian: outlives the leader of one run and finishes it. */
#ifndef RUN_GUARD_H
#define RUN_GUARD_H

#include "sys/attr.h"

/* Guard the run in `folder`: lock it, set its limit, save its context, wait until the leader says that it is about to end
 * or is gone, finish the run, hang up. Then send what earlier runs left behind. The FIFOs, and a pidfd of the leader,
 * stand at HANDSHAKE_FD_*; what else is open is closed.
 *
 * Signals that a terminal or an agent sends to everybody do not end it. SIGTERM makes it hurry: it finishes its own run
 * within seconds or leaves it in the spool, and leaves those of others. `before_stores` is called when the leader has ended and
 * no store is open yet; it may become another program, which has the descriptors, and guards again. Returns the exit status. */
must_check nonnull int guard_run(const char *folder, void (*before_stores)(const char *folder));

#endif
