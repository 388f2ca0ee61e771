/* SPDX-License-Identifier: MIT */
/* The exec gate: may the shim be loaded into this program? See lib/spool/judge.h. */
#ifndef PRELOAD_GATE_H
#define PRELOAD_GATE_H

#include <stddef.h>

#include "envp.h"
#include "spool/judge.h"

/* As judge_file(), for this process. `how`: a function of apart.h, where other threads of the caller and its locks must not notice;
 * NULL = right here. */
enum gate_verdict gate_check(int dirfd, const char *path, judge_apart how);

/* As judge_search(), likewise. */
enum gate_verdict gate_search(const char **file, const char *path_variable, char *out, size_t room, judge_apart how);

/* Whether and how the shim stays in the environment of a program with this verdict. */
static inline enum envp_library_as gate_lets_in(enum gate_verdict verdict)
{
    return !judge_lets_in(verdict) ? ENVP_WITHHELD : verdict == GATE_MUSL ? ENVP_BY_PATH : ENVP_AS_GIVEN;
}

#endif
