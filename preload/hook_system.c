/* SPDX-License-Identifier: MIT */
/* system, popen, pclose: libc starts and reaps the shell inside, where no other hook sees it. The shell reports
 * itself; here only its status is noted, for the case that it could not. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cells.h"
#include "real.h"
#include "shim.h"

exported int system(const char *command)
{
    typedef int (*system_fn)(const char *);
    system_fn real = REAL(system_fn, REAL_SYSTEM);
    int64_t start = cells_system_begin();
    int status = real(command);
    if (shim.on) /* -1: a shell has run all the same, where nobody may wait for it, or where it was only tried */
        cells_system(start, command ? status : -1, NULL);
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
    if (shim.on && stream)
        cells_popen(start, stream);
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
