/* SPDX-License-Identifier: MIT */
/* Noting a fork that comes back through a hook, in the parent and in the child. */
#ifndef PRELOAD_HOOK_FORK_H
#define PRELOAD_HOOK_FORK_H

#include "recorder.h"

/* Before the call, by a process for which recorder_ready() holds: take what the child will need, also in a sandbox. */
void fork_begin(struct recorder_fork *child);

/* After it, in the parent with the child's pid or a negative number, in the child with 0. */
void fork_done(const struct recorder_fork *child, long pid);

/* Whether what has `failed` to fork may do so once more: the guardian has taken the last process that the host could have, and
 * has gone. */
int fork_has_room_again(int failed);

#endif
