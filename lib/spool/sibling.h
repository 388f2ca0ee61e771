/* SPDX-License-Identifier: MIT */
/* This machine's other word size: has it got a libdtrack.so of its own, in the place where its loader will look?
 * Freestanding. */
#ifndef SPOOL_SIBLING_H
#define SPOOL_SIBLING_H

/* Whether a program of the other word size, handed `entry` in LD_PRELOAD, will find a library there that it can load.
 * An entry serves both sizes when it has $LIB in it, or is a bare name. A few system calls. */
int sibling_is_served(const char *entry);

#endif
