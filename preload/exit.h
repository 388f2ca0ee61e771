/* SPDX-License-Identifier: MIT */
/* The end of the process that the state describes. */
#ifndef PRELOAD_EXIT_H
#define PRELOAD_EXIT_H

/* Note the end with `status`; a leader also ends the run and waits for it, at most DTRACK_WAIT. Stores only,
 * unless this is the leader. `flushes`: the host is in exit(), which will flush its streams. */
void exit_note(int status, int flushes);

/* Arrange that exit() and a return from main() are noted, as late as possible. */
void exit_register(void);

#endif
