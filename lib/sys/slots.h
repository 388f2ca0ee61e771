/* SPDX-License-Identifier: MIT */
/* Limits on the number of processes. Freestanding. */
#ifndef SYS_SLOTS_H
#define SYS_SLOTS_H

#include <stdint.h>

#define SLOTS_FEW 512 /* a limit up to this was probably set for the job, which may need all of it */

/* Whether the calling process, which runs as `uid`, is limited to at most SLOTS_FEW processes: by RLIMIT_NPROC of setrlimit(2),
 * which does not apply to root, or by pids.max of its control group or of an ancestor. */
int slots_are_few(uint32_t uid);

#endif
