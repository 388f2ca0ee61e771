/* SPDX-License-Identifier: MIT */
/* The job may cut a spool short whose header is mapped here: who looks at it then gets a SIGBUS, which kills. */
#ifndef RUN_MAPPED_H
#define RUN_MAPPED_H

/* From now on, what is lost of a mapped file reads as zeros, and what is stored there is lost as well. Takes SIGBUS over, unless
 * that is caught or ignored already: a program that we run would inherit the latter. */
void mapped_outlive_cuts(void);

/* Whoever has blocked all signals lets this one through before he looks at what is mapped: blocked, it kills at once. */
void mapped_let_through(void);

/* Block it again. */
void mapped_block(void);

#endif
