/* SPDX-License-Identifier: MIT */
/* dtrack-mark: tasks, values and events of a job, written into its run's marker file. Small enough to be
 * called from every line of a script; also reachable as `dtrack mark`. */
#ifndef CMD_MARK_H
#define CMD_MARK_H

/* Do what the command line says; argv[0] is not looked at. Returns the exit status: 0, also when there is no
 * run or the mark could not be written, unless --strict; 1 when it was tried and failed under --strict, or
 * `get` found nothing; 2 when the command line makes no sense; for `run` what the command left, by the same
 * signal if it was killed by one. */
int mark_main(int argc, char **argv);

#endif
