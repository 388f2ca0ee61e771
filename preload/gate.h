/* SPDX-License-Identifier: MIT */
/* The exec gate: what kind of program is this file, and may the shim be loaded into it? So that the loader never
 * prints "cannot be preloaded", and no program is hurt by a library that it can't stand. */
#ifndef PRELOAD_GATE_H
#define PRELOAD_GATE_H

#include <stddef.h>

#include "envp.h"
#include "spool/record.h"

/* How a file is looked at that is new in the run: a function of apart.h, where other threads of the caller and its locks must not
 * notice; NULL = right here. */
typedef void (*gate_apart)(void (*work)(void *with), void *with);

/* The verdict on executing `path`, relative to `dirfd` (AT_FDCWD, or a descriptor with an empty path). */
enum gate_verdict gate_check(int dirfd, const char *path, gate_apart how);

/* Bytes that gate_search() may need for a path. */
size_t gate_search_room(const char *file, const char *path_variable);

/* The verdict on what execvp would execute for *file: itself when it has a slash, else the first program of that name along
 * the value of PATH (NULL: unset). `out` has room for gate_search_room() bytes; *file is in there when one was found. */
enum gate_verdict gate_search(const char **file, const char *path_variable, char *out, size_t room,
                              gate_apart how);

/* Whether and how the shim stays in the environment of a program with this verdict. */
static inline enum envp_library_as gate_lets_in(enum gate_verdict verdict)
{
    return verdict <= GATE_PRELOAD ? ENVP_AS_GIVEN : verdict == GATE_MUSL ? ENVP_BY_PATH : ENVP_WITHHELD;
}

#endif
