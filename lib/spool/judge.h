/* SPDX-License-Identifier: MIT */
/* What kind of program is a file, and may the library be loaded into it? Asked before each exec, by the shim's gate and by
 * `dtrack run`, so that the loader never prints "cannot be preloaded", and no program is hurt by a library that it can't
 * stand. Freestanding. */
#ifndef SPOOL_JUDGE_H
#define SPOOL_JUDGE_H

#include <stddef.h>
#include <stdint.h>

#include "spool/record.h"

/* How a file is looked at that is new in the run, where whoever asks must not notice that it is opened, nor lose its POSIX
 * locks by its being closed: does work(with). */
typedef void (*judge_apart)(void (*work)(void *with), void *with);

/* Who asks, and for which run. */
struct judge {
    struct spool_header *header; /* where verdicts are kept; NULL = nowhere */
    const char *folder;          /* of the run */
    uint32_t uid;                /* whose it is */
    const char *library;         /* the path of our library; NULL = nobody knows it */
    const char *entry;           /* what stands for it in LD_PRELOAD */
    judge_apart apart;           /* NULL = right here */
};

/* Whether a program with this verdict gets the library. */
static inline int judge_lets_in(enum gate_verdict verdict)
{
    return verdict <= GATE_MUSL;
}

/* The verdict on executing `path`, relative to `dirfd` (AT_FDCWD, or a descriptor with an empty path). About a kilobyte of
 * stack. */
enum gate_verdict judge_file(const struct judge *j, int dirfd, const char *path);

/* Bytes that judge_search() may need for a path. */
size_t judge_search_room(const char *file, const char *path_variable);

/* The verdict on what execvp would execute for *file: itself when it has a slash, else the first program of that name along
 * the value of PATH (NULL: unset). `out` has room for judge_search_room() bytes; *file is in there when one was found. */
enum gate_verdict judge_search(const struct judge *j, const char **file, const char *path_variable, char *out,
                               size_t room);

#endif
