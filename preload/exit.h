/* SPDX-License-Identifier: MIT */
/* The end of the process that the state describes. */
#ifndef PRELOAD_EXIT_H
#define PRELOAD_EXIT_H

#include "sys/status.h"

/* Note the end with `code`, for one of the ways out that flush no stream. Stores only, but a leader also waits until the
 * run is stored, at most DTRACK_WAIT. */
void exit_note(struct exit_code code);

/* Arrange that exit() and a return from main() are noted, as late as possible. */
void exit_register(void);

#endif
