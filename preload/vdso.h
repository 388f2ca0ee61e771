/* SPDX-License-Identifier: MIT */
/* The kernel's own clock function, found without libc: no system call, and no interposer that fakes the time. */
#ifndef PRELOAD_VDSO_H
#define PRELOAD_VDSO_H

#include <time.h>

#include "sys/sys.h"

/* As clock_gettime(2), but returns -errno, and its times are of 64 bits everywhere. */
typedef int (*vdso_clock_fn)(clockid_t clock, struct sys_time *out);

/* The vDSO's clock_gettime. `vdso` is its image (AT_SYSINFO_EHDR) or NULL. NULL when it has none. */
vdso_clock_fn vdso_find_clock(const void *vdso);

#endif
