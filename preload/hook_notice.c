/* SPDX-License-Identifier: MIT */
/* prctl, passed on as it is. A process that gives up privileges or turns a seccomp filter on may be killed for any
 * system call that it does not make itself: from then on, hooks only store to memory that is there already. */
#include <errno.h>
#include <stdarg.h>
#include <sys/prctl.h>

#include "cells.h"
#include "real.h"
#include "shim.h"

exported int prctl(int option, ...)
{
    typedef int (*prctl_fn)(int, unsigned long, unsigned long, unsigned long, unsigned long);
    prctl_fn real = REAL(prctl_fn, REAL_PRCTL);
    unsigned long a[4];
    va_list ap;
    va_start(ap, option);
    for (int i = 0; i < 4; i++)
        a[i] = va_arg(ap, unsigned long);
    va_end(ap);
    if (!real) {
        real_set_errno(ENOSYS);
        return -1;
    }
    if (shim.on && !shim.sandboxed && (option == PR_SET_SECCOMP || option == PR_SET_NO_NEW_PRIVS)) {
        cells_reserve();
        shim.sandboxed = 1;
    }
    if (shim.on && option == PR_SET_SECCOMP)
        shim.filtered = 1;
    return real(option, a[0], a[1], a[2], a[3]);
}
