/* SPDX-License-Identifier: MIT */
/* The end of the process that the state describes. */
#ifndef PRELOAD_EXIT_H
#define PRELOAD_EXIT_H

/* Note the end with `status`; a leader also ends the run and waits for it, at most DTRACK_WAIT. Stores only,
 * unless this is the leader. */
void exit_note(int status);

/* Arrange that exit() and a return from main() are noted, as late as possible. */
void exit_register(void);

#endif
