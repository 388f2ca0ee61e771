/* SPDX-License-Identifier: MIT */
/* The job may truncate a spool whose header is mapped here. Accessing the lost page then raises SIGBUS, which would kill us. */
#ifndef RUN_MAPPED_H
#define RUN_MAPPED_H

/* Handle SIGBUS from now on: a lost page of a mapped file reads as zeros, and what is written there is discarded. Does nothing when
 * SIGBUS is already handled, or ignored: a program that we exec inherits "ignored". */
void mapped_outlive_cuts(void);

/* Unblock SIGBUS. Code that has blocked all signals must do so before it accesses the mapping: a blocked SIGBUS kills at once. */
void mapped_let_through(void);

/* Block SIGBUS again. */
void mapped_block(void);

#endif
