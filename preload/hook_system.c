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
    if (!real) {
        real_set_errno(ENOSYS);
        return -1;
    }
    int64_t start = shim.on ? shim_now() : 0;
    int status = real(command);
    if (shim.on && command && status != -1)
        cells_system(start, status);
    return status;
}

exported FILE *popen(const char *command, const char *mode)
{
    typedef FILE *(*popen_fn)(const char *, const char *);
    popen_fn real = REAL(popen_fn, REAL_POPEN);
    if (real)
        return real(command, mode);
    real_set_errno(ENOSYS);
    return NULL;
}

exported int pclose(FILE *stream)
{
    typedef int (*pclose_fn)(FILE *);
    pclose_fn real = REAL(pclose_fn, REAL_PCLOSE);
    if (!real) {
        real_set_errno(ENOSYS);
        return -1;
    }
    int64_t start = shim.on ? shim_now() : 0;
    int status = real(stream);
    if (shim.on && status != -1)
        cells_system(start, status);
    return status;
}
