/* SPDX-License-Identifier: MIT */
/* Work that opens files, where the host must not see them: a fork child of another thread would inherit the descriptor, and
 * closing any descriptor of a file drops the host's POSIX locks on it. */
#ifndef PRELOAD_APART_H
#define PRELOAD_APART_H

/* Call work(with) in a child that shares the memory and has a copy of the table of descriptors, and wait for it; where there
 * can be no such child, right here. The child must not ask who it is: its pid is not this process's. */
void apart(void (*work)(void *with), void *with);

/* The same only when other threads may fork meanwhile, as libc says (glibc 2.32); elsewhere right here. */
void apart_from_threads(void (*work)(void *with), void *with);

/* The same only where libc says whether there are other threads: elsewhere that child would show in RUSAGE_CHILDREN, which a
 * program has from the process that executes it. There right here. */
void apart_unseen(void (*work)(void *with), void *with);

/* Whether the next child is the first process of a pid namespace: all others there end with it, and no more can be made. */
int apart_would_be_first(void);

#endif
