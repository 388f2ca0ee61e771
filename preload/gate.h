/* SPDX-License-Identifier: MIT */
/* The exec gate: what kind of program is this file, and may the shim be loaded into it? So that the loader never
 * prints "cannot be preloaded", and no program is hurt by a library that it can't stand. */
#ifndef PRELOAD_GATE_H
#define PRELOAD_GATE_H

#include <stddef.h>

/* Stored in the shared cache: values must fit in 8 bits and stay as they are. */
enum gate_verdict {
    GATE_UNKNOWN = 0,   /* missing, unreadable, not a regular file: exec will tell; assume that it is fine */
    GATE_PRELOAD = 1,   /* dynamic, ours to watch */
    GATE_STATIC = 2,    /* no interpreter: the loader never runs */
    GATE_FOREIGN = 3,   /* other word size or machine */
    GATE_SANITIZER = 4, /* its runtime insists on coming first */
    GATE_LIBCLESS = 5,  /* needs no library at all */
    GATE_CAPS = 6,      /* file capabilities: secure mode unless we are root */
    GATE_SECURE = 7,    /* set-user-ID or set-group-ID to somebody else: never cached */
    GATE_INVISIBLE = 8, /* our library can't be seen from this root folder: never cached */
    GATE_FILTERED = 9,  /* a seccomp filter is on that may kill for what our constructor does: never cached */
};

/* The verdict on executing `path`, relative to `dirfd` (AT_FDCWD, or a descriptor with an empty path). */
enum gate_verdict gate_check(int dirfd, const char *path);

/* Find `file` as execvp does: itself when it has a slash, else along PATH of `environ`-like `envp`. Writes the path
 * to `out`. Returns out, or `file` when nothing fits. */
const char *gate_search_path(const char *file, const char *path_variable, char *out, size_t room);

/* Whether the shim may stay in the environment of a program with this verdict. */
static inline int gate_lets_in(enum gate_verdict verdict)
{
    return verdict <= GATE_PRELOAD;
}

#endif
