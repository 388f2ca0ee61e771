/* SPDX-License-Identifier: MIT */
/* Environments for children, from a file: entries that each end with a NUL, and an empty one behind the last
 * of each environment. They are added to the caller's own. */
#ifndef BENCH_SETTINGS_H
#define BENCH_SETTINGS_H

#include <stddef.h>

#define SETTINGS_ENTRIES_MAX 8

struct settings {
    const char *name; /* of the file */
    char *text, *end; /* its contents, kept until the program ends */
    char *at;         /* the next environment */
    int is_single;    /* there is one: everybody gets it; of several, each is given once */
};

/* Read the file `name`, once: later calls with the same name go on where the earlier ones stopped. NULL when
 * it can't be read or there are too many files; errno says why. */
struct settings *settings_open(const char *name);

/* The environment of one more child: a new array, for free(), of the caller's entries and the next of the
 * file's. NULL when each of the file's environments has been given, or without memory. */
char **settings_next(struct settings *settings, char *const *own);

#endif
