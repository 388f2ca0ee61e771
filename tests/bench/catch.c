/* SPDX-License-Identifier: MIT */
/* Stands between the shim and libc's posix_spawn: hands over the environment that the shim has made for a
 * child, and starts none unless it is told to. */
#include <dlfcn.h>
#include <errno.h>
#include <spawn.h>
#include <string.h>

#include "catch.h"

#pragma weak catch_environment

#define NOBODY 0x3fffffff /* no process has this number: it is above the kernel's limit */

typedef int (*spawn_fn)(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
                        char *const *, char *const *);

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attr,
                char *const argv[], char *const envp[])
{
    if (!catch_environment || catch_environment(envp)) {
        *pid = NOBODY;
        return 0;
    }
    void *symbol = dlsym(RTLD_NEXT, "posix_spawn");
    spawn_fn real;
    memcpy(&real, &symbol, sizeof real);
    return real ? real(pid, path, actions, attr, argv, envp) : ENOSYS;
}
