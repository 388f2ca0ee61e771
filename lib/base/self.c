/* SPDX-License-Identifier: MIT */
/* From /proc/self/exe, or else from the auxiliary vector. */
#include "base/self.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* The kernel appends this to the path of a deleted file: proc_pid_exe(5). */
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
