/* SPDX-License-Identifier: MIT */
/* The guardian: outlives the leader of one run and finishes it. */
#ifndef CMD_GUARD_H
#define CMD_GUARD_H

#include "base/attr.h"

/* Guard the run in `folder`: save its context, wait until the leader says that it is about to end or is gone, finish
 * the run, hang up. Then send what earlier runs left behind. The FIFOs stand at HANDSHAKE_FD_*. Returns the exit
 * status. */
must_check int guard_run(const char *folder);

#endif
