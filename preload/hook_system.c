/* SPDX-License-Identifier: MIT */
/* system, popen, pclose: libc starts and reaps the shell inside, where no other hook sees it. The shell reports
 * itself; here only its status is noted, for the case that it could not, and popen's, which its parent may not live to see, is
 * told the run. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "apart.h"
#include "cells.h"
#include "envp.h"
#include "real.h"
#include "recorder.h"
#include "shim.h"
#include "sys/sys.h"

/* A process that has become another user has left the run, and its shells record nothing. */
static void system_count(void)
{
    if (shim.sandboxed)
        return;
#ifdef SYS_geteuid32
    long uid = SYS_ARG0(SYS_geteuid32);
#else
    long uid = SYS_ARG0(SYS_geteuid);
#endif
    if ((uint32_t)uid != shim.uid)
        spool_miss(&shim.spool);
}

exported int system(const char *command)
{
    typedef int (*system_fn)(const char *);
    system_fn real = REAL(system_fn, REAL_SYSTEM);
    int64_t start = cells_system_begin();
    int status = real(command);
    if (shim.on && command)
        system_count();
    if (shim.on) /* -1: a shell has run all the same, where nobody may wait for it, or where it was only tried */
        cells_system(start, command ? status : -1, NULL);
    return status;
}

/* An environment that tells the shell its run, for as long as libc starts it. Not on the stack: a handler of the host may jump out
 * of there, and its environ must stay good. */
struct popen_environ {
    char *const *before;
    size_t bytes;
    struct envp strings;
    char *array[];
};

/* The shell would have to search for its run, beginning at its parent, which may be gone by then: where the parent's own
 * environment knows of none, for it is the leader or forked from it, and nobody but the caller can see that it is another one for
 * a while. NULL elsewhere. */
static struct popen_environ *popen_tell(int64_t start)
{
    char *const *environ_now = start && !shim.sandboxed ? real_environ() : NULL;
    if (!environ_now || envp_value(environ_now, "DTRACK_RUN=") || !envp_names_library(environ_now) || !apart_is_alone())
        return NULL;
    size_t bytes = sizeof(struct popen_environ) + envp_room(environ_now) * sizeof(char *);
    struct popen_environ *told = sys_mmap(bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (sys_is_error(told))
        return NULL;
    struct envp_from from = envp_from_self(start);
    from.pid = 0; /* by whom, says its parent by pclose: the reader finds it as a shell that nobody told */
    from.by_spawn = 1;
    from.page = recorder_page_for_program(1);
    told->before = environ_now;
    told->bytes = bytes;
    envp_edit(&told->strings, told->array, environ_now, &from, ENVP_AS_GIVEN);
    real_swap_environ(environ_now, told->array);
    return told;
}

/* A handler may have put another one there, with what it found in ours. */
static void popen_told(struct popen_environ *told)
{
    if (told && real_swap_environ(told->array, told->before))
        sys_munmap(told, told->bytes);
}

exported FILE *popen(const char *command, const char *mode)
{
    typedef FILE *(*popen_fn)(const char *, const char *);
    popen_fn real = (popen_fn)real_find(REAL_POPEN);
    if (!real) {
        real_set_errno(ENOSYS);
        return NULL;
    }
    int64_t start = cells_system_begin();
    struct popen_environ *told = popen_tell(start);
    FILE *stream = real(command, mode);
    popen_told(told);
    if (shim.on && stream) {
        system_count();
        cells_popen(start, stream);
    }
    return stream;
}

exported int pclose(FILE *stream)
{
    typedef int (*pclose_fn)(FILE *);
    pclose_fn real = REAL(pclose_fn, REAL_PCLOSE);
    int64_t start = cells_system_begin();
    int status = real(stream);
    if (shim.on && status != -1)
        cells_system(start, status, stream);
    return status;
}
