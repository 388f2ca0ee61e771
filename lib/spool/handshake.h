/* SPDX-License-Identifier: MIT */
/* How a run's leader and its guardian talk: two FIFOs in the run's folder, held open by the guardian, which makes the
 * kernel tell each of them when the other one is gone. Freestanding.
 *
 *   end    the guardian reads. The leader opens and closes it: the hang-up says "I am about to end".
 *   done   the guardian holds it for writing. The leader reads: the hang-up says "finished", or that it died. */
#ifndef SPOOL_HANDSHAKE_H
#define SPOOL_HANDSHAKE_H

#include <stdint.h>

#include "sys/attr.h"

#define HANDSHAKE_FD_END 3    /* in the guardian: `end`, for reading */
#define HANDSHAKE_FD_DONE 4   /* in the guardian: `done` */
#define HANDSHAKE_FD_LEADER 5 /* in the guardian: a pidfd of the leader, where the kernel has such */

#define HANDSHAKE_LIMIT_NS INT64_C(10000000000) /* how long a leader waits, by default */

#define HANDSHAKE_BAD_LIMIT "DTRACK_WAIT is no number of seconds: it is taken for 10"

/* Read DTRACK_WAIT: seconds, with or without a fraction behind a point or a comma, and with blanks around them or not. *limit_ns is
 * what it says, at most a million seconds. 0, or -EINVAL for what is no such number: then, and when `text` is NULL or empty, it is the default. */
int handshake_read_limit(const char *text, int64_t *limit_ns);

/* Open the guardian's ends of both FIFOs, close-on-exec. 0 with both descriptors the caller's, or -errno. */
must_check int handshake_open_guardian(const char *folder, int *end, int *done);

/* Lock `done`, open there, for the calling process: it is the guardian, or will be when it has become that program. */
void handshake_be_guardian(int done);

/* The leader's side. None of these holds a descriptor when it returns, and only one while it runs: a job may have few
 * left. */

/* 1 when a guardian is there, 0 when there is none, -errno when the folder can't be reached: it may be hidden by a
 * mount, or the run is finished and gone. */
must_check int handshake_is_guarded(const char *folder);

/* The pid of the guardian: of who has locked this run's `done`, whatever the job has written elsewhere. 0 when nobody has. */
int32_t handshake_guardian(const char *folder);

/* Tell the guardian that the leader is about to end. 0, or -errno when it could not be told: then it will notice. */
int handshake_say_end(const char *folder);

/* Wait until the guardian is done, or gone, at most `limit_ns`. Signals do not shorten the wait. 1 when it is, 0 when
 * time ran out. */
int handshake_wait(const char *folder, int64_t limit_ns);

#endif
