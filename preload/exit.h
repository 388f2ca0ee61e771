/* SPDX-License-Identifier: MIT */
/* The end of the process that the state describes. */
#ifndef PRELOAD_EXIT_H
#define PRELOAD_EXIT_H

/* Note the end with `status`, for one of the ways out that flush no stream. Stores only, but a leader also waits until the
 * run is stored, at most DTRACK_WAIT. */
void exit_note(int status);

/* Arrange that exit() and a return from main() are noted, as late as possible. */
void exit_register(void);

#endif
