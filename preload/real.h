/* SPDX-License-Identifier: MIT */
/* The next definition of each function that the shim wraps: libc's, or that of another preloaded library. */
#ifndef PRELOAD_REAL_H
#define PRELOAD_REAL_H

#include "sys/attr.h"

/* In the order of the names in real.c. */
enum real {
    REAL__EXIT,
    REAL__EXIT_C99,
    REAL__FORK,
    REAL_CLONE,
    REAL_DAEMON,
    REAL_QUICK_EXIT,
    REAL_EXECVE,
    REAL_EXECVEAT,
    REAL_EXECVPE,
    REAL_FEXECVE,
    REAL_FORK,
    REAL_FORKPTY,
    REAL_PCLOSE,
    REAL_POPEN,
    REAL_SYSTEM,
    REAL_POSIX_SPAWN,
    REAL_POSIX_SPAWNP,
    REAL_PRCTL,
    REAL_WAIT4,
    REAL_WAITID,
    REAL_EXIT,
    REAL_START_MAIN,
#ifndef __LP64__
    REAL_WAIT4_TIME64,
#endif
    REAL_PIDFD_SPAWN, /* these two last: they are told by that */
    REAL_PIDFD_SPAWNP,
    REAL_COUNT,
};

/* A function of any type: cast it to its own before calling. */
typedef void (*real_fn)(void);

/* The function behind ours, looked up at the first call and remembered; NULL when there is none. Takes no lock,
 * allocates nothing, leaves dlerror() alone: safe in a signal handler and in any child. */
real_fn real_find(enum real which);

/* Look up what a fork child will most likely call: done here once, and not by every child in pages of its own. */
void real_before_fork(void);

/* Any other function by name, from the start of the search order, or NULL. Not remembered. */
real_fn real_function(const char *name);

struct link_map;

/* The function that one object defines by that name, or NULL. Of `object`, only l_addr and l_ld are looked at. */
real_fn real_in_object(const struct link_map *object, const char *name);

/* The host's environ, or NULL. */
char *const *real_environ(void);

/* The host's errno, which only libc knows where to find; 0 in a program without libc. */
int real_errno(void);

/* Set it. */
void real_set_errno(int error);

/* What it is; 0 where there is none. */
int real_errno(void);

/* The path from which this library was loaded, as the loader spells it, or NULL. Owned by the loader. */
const char *real_own_path(void);

/* Whether another copy of this library stands before us in the loader's list: that one records. */
int real_is_second_copy(void);

/* The same as real_find(), but one that sets errno to ENOSYS and returns -1 where there is none. */
real_fn real_or_missing(enum real which);

/* Call the real function of that name with its own type. */
#define REAL(type, which) ((type)real_or_missing(which))

#endif
