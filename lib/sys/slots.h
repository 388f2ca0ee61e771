/* SPDX-License-Identifier: MIT */
/* How many processes this one and its like may have. Freestanding. */
#ifndef SYS_SLOTS_H
#define SYS_SLOTS_H

#include <stdint.h>

#define SLOTS_FEW 512 /* a limit that small was set for a job, which may use all of it */

/* Whether a limit of at most SLOTS_FEW processes holds for the calling process, which runs as `uid`: RLIMIT_NPROC of
 * setrlimit(2), which root is spared, or pids.max of its control group or of one around it. */
int slots_are_few(uint32_t uid);

#endif
