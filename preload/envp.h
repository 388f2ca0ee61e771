/* SPDX-License-Identifier: MIT */
/* The environment handed to exec and spawn: the caller's, with ours in place. Nothing is ever changed in the host's
 * own environment; the new array and the new strings live in the hook's frame. */
#ifndef PRELOAD_ENVP_H
#define PRELOAD_ENVP_H

#include <stddef.h>
#include <stdint.h>

#include "spool/segment.h"

#define ENVP_ROOM (SPOOL_PATH_MAX + 16)

/* Strings of ours that the new environment points to. */
struct envp {
    char run[ENVP_ROOM];
    char from[112];
    char preload[2 * SPOOL_PATH_MAX];
};

#define ENVP_NUMBERS 11

/* Who starts the program: what its constructor reads back from DTRACK_FROM. It may come down to processes that it was
 * not written for, through a fork inside of libc or a program that we do not see: `by_spawn` says whether `pid` is the
 * reader's own (exec) or its parent's (spawn), and anything else is stale. */
struct envp_from {
    union {
        struct {
            uint64_t version; /* of the spool; whoever reads another one believes nothing */
            uint64_t by_spawn;
            uint64_t leads; /* an exec of the run's leader: the new image leads on */
            uint64_t ns, ref;
            uint64_t pid;
            uint64_t uid;      /* who has found the run to be his own */
            uint64_t page;     /* where in the spool to look for room first; 0 = anywhere */
            int64_t time_ns;   /* of the exec or spawn call */
            uint64_t spent_ns; /* before it in the shim, and on no account yet; after exec only */
            uint64_t no_vdso;  /* as in struct shim: a program inherits that */
        };
        uint64_t number[ENVP_NUMBERS]; /* as DTRACK_FROM has them: in hexadecimal, with dots between */
    };
};

#define ENVP_ON_STACK 512 /* pointers: a thread may have 32 KiB of stack, and libc needs its part */

/* Entries that an array for envp_edit() must have room for, NULL included. */
size_t envp_room(char *const *envp);

/* An array of `room` entries outside of the stack, for more than ENVP_ON_STACK. NULL when there is none to be had:
 * then leave that environment alone. */
char **envp_map(size_t room);

/* Give it back; NULL, and an array on the stack, are fine. */
void envp_unmap(char **array, size_t room);

/* Whether a program is told to load this library, and how: as the user wrote it, or by its path, for a loader that makes
 * nothing of $LIB and looks for a bare name elsewhere. */
enum envp_library_as { ENVP_WITHHELD, ENVP_AS_GIVEN, ENVP_BY_PATH };

/* Write to `out` the entries of `old` with DTRACK_RUN, DTRACK_FROM and LD_PRELOAD as they must be: our library kept or
 * appended, or taken out when it is withheld; other libraries stay in their order. Without `from`, where all is too long
 * with them, DTRACK_RUN and DTRACK_FROM are left out. */
void envp_edit(struct envp *e, char **out, char *const *old, const struct envp_from *from, enum envp_library_as let_in);

/* How a child is told to load this library: what stands for it in LD_PRELOAD, or "". */
const char *envp_library(void);

/* Where this library is: the path that we were loaded by, without the loader's own words such as $LIB in it. NULL when
 * nobody knows. */
const char *envp_library_path(void);

/* Whether a program that gets these variables as they are would load this library. */
int envp_names_library(char *const *envp);

/* The value of the variable that `name` (with its '=') names, or NULL. */
const char *envp_value(char *const *envp, const char *name);

/* Of this process, exec'ing at `time_ns`; what depends on how is left 0. */
struct envp_from envp_from_self(int64_t time_ns);

/* Read DTRACK_FROM's text back. 0, or -1 when it is not ours. */
int envp_read_from(const char *text, struct envp_from *from);

/* Find our library in the value of LD_PRELOAD: its entry's start, and its length in *len; NULL when it isn't there. */
const char *envp_find_library(const char *preload, size_t *len);

#endif
