/* SPDX-License-Identifier: MIT */
/* The end of a run's leader. */
#ifndef PRELOAD_LINGER_H
#define PRELOAD_LINGER_H

#include "spool/lead.h"
#include "spool/record.h"

/* Write "dtrack: " and the words for `problem`, see lead_words(), as one line to stderr, unless that has become something else
 * since the process began, or the line would have to wait, or DTRACK_QUIET is set. */
void linger_say(enum lead_problem problem, const char *about);

/* This process leads the run and is about to end with `code`, known as `left` says: with `flushes`, flush its stdio
 * streams, as exit() would do next; note its end and CPU time; wait until the run is stored, at most shim.wait_ns, and print
 * what went wrong. Signals that come meanwhile are dropped, those that ask a process to end shorten
 * the wait; the signal mask is as before when it returns. May not return: a broken pipe ends the process while it flushes, as
 * it would have in exit(), and its end is not noted then. */
void linger(struct exit_code code, enum spool_left left, int flushes);

#endif
