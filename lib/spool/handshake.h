/* SPDX-License-Identifier: MIT */
/* How a run's leader and its guardian talk: two FIFOs in the run's folder, held open by the guardian, which makes the
 * kernel tell each of them when the other one is gone. Freestanding.
 *
 *   end    the guardian reads. The leader opens and closes it: the hang-up says "I am about to end".
 *   done   the guardian holds it for writing. The leader reads: the hang-up says "finished", or that it died. */
#ifndef SPOOL_HANDSHAKE_H
#define SPOOL_HANDSHAKE_H

#include <stdint.h>

#include "base/attr.h"

#define HANDSHAKE_FD_END 3  /* in the guardian: `end`, for reading */
#define HANDSHAKE_FD_DONE 4 /* in the guardian: `done` */

/* Open the guardian's ends of both FIFOs, close-on-exec. 0 with both descriptors the caller's, or -errno. */
must_check int handshake_open_guardian(const char *folder, int *end, int *done);

/* Open the leader's end of `done`. A descriptor, or -errno. Do this before handshake_say_end(). */
must_check int handshake_open_leader(const char *folder);

/* Whether a guardian holds the other end of `done`, which `fd` reads. */
int handshake_is_guarded(int fd);

/* Tell the guardian that the leader is about to end. */
void handshake_say_end(const char *folder);

/* Wait for the guardian to hang up `done`, at most `limit_ns`. Signals do not shorten the wait. 1 when it did, 0 when
 * time ran out. */
int handshake_wait(int fd, int64_t limit_ns);

#endif
