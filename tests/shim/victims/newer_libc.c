/* SPDX-License-Identifier: MIT */
/* What glibc 2.39 has, for a libc that is older: behind the shim in the search order, as libc is. */
#include <dlfcn.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef int (*spawn_fn)(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
                        char *const *, char *const *);

static pid_t last;

static int spawn(const char *how, int *pidfd, const char *path, char *const *argv, char *const *envp)
{
    int err = ((spawn_fn)dlsym(RTLD_NEXT, how))(&last, path, NULL, NULL, argv, envp);
    if (!err)
        *pidfd = (int)syscall(SYS_pidfd_open, last, 0);
    return err;
}

int pidfd_spawn(int *pidfd, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attr,
                char *const argv[], char *const envp[])
{
    (void)actions;
    (void)attr;
    return spawn("posix_spawn", pidfd, path, argv, envp);
}

int pidfd_spawnp(int *pidfd, const char *file, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attr,
                 char *const argv[], char *const envp[])
{
    (void)actions;
    (void)attr;
    return spawn("posix_spawnp", pidfd, file, argv, envp);
}

pid_t pidfd_getpid(int pidfd)
{
    (void)pidfd;
    return last;
}
