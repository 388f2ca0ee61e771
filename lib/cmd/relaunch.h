/* SPDX-License-Identifier: MIT */
/* A guardian that does without the job's LD_LIBRARY_PATH, until it turns out that it can't. */
#ifndef CMD_RELAUNCH_H
#define CMD_RELAUNCH_H

#include "sys/attr.h"

/* What a guardian's environment has in place of the job's LD_LIBRARY_PATH: the same text without its first
 * letter, so that whoever starts it needs no room for another one. */
#define RELAUNCH_KEPT "D_LIBRARY_PATH"

/* Start the guardian of the run in `folder` once more, with the job's LD_LIBRARY_PATH, when one of the stores
 * needs the network module and that does not load without. The process stays the same one, and so do the
 * descriptors that it was handed. Returns when there is no need, no such variable, or no way: then uploading
 * will say why. To be called when the leader has ended, before a store is opened. */
nonnull void relaunch_for_network(const char *folder);

#endif
