/* SPDX-License-Identifier: MIT */
/* Asks the kernel, twice. */
#include "base/self.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* What the kernel appends to the name of a file that is gone: proc_pid_exe(5). */
#define DELETED " (deleted)"

bool self_path(char out[PATH_MAX])
{
    const char *called = (const char *)getauxval(AT_EXECFN);
    ssize_t len = readlink("/proc/self/exe", out, PATH_MAX - 1);
    if (len <= 0)
        return called && realpath(called, out);
    out[len] = '\0';
    size_t tail = strlen(DELETED), size = (size_t)len;
    if (size > tail && !strcmp(out + size - tail, DELETED) && access(out, F_OK))
        out[size - tail] = '\0';
    return true;
}
