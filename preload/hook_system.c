/* SPDX-License-Identifier: MIT */
/* system, popen, pclose: libc starts and reaps the shell inside, where no other hook sees it. The shell reports
 * itself; here only its status is noted, for the case that it could not. No environment of the host's is edited to tell it the run:
 * an allocator or a handler of the host may set a variable while popen runs, and that must stay set. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cells.h"
#include "real.h"
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
        cells_system(start, command ? wait_status_of(status) : WAIT_STATUS_UNKNOWN, NULL);
    return status;
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
    FILE *stream = real(command, mode);
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
        cells_system(start, wait_status_of(status), stream);
    return status;
}
