/* SPDX-License-Identifier: MIT */
/* Between a program and catch.c, a library that is preloaded behind the shim and starts nothing. */
#ifndef BENCH_CATCH_H
#define BENCH_CATCH_H

/* Called by the library for each posix_spawn that reaches it, with the environment that the child is about to
 * have; it is gone when this returns. 0: start the child after all. A program that does not define it has
 * none started. */
int catch_environment(char *const *envp);

#endif
