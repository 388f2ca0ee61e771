/* SPDX-License-Identifier: MIT */
/* Starts two programs by pidfd_spawn and pidfd_spawnp, in an environment without anything of ours, and waits for them. */
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define BY_PIDFD ((idtype_t)3)

int pidfd_spawn(int *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, char *const *,
                char *const *);
int pidfd_spawnp(int *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, char *const *,
                 char *const *);

static int ended_well(int pidfd, pid_t parent)
{
    siginfo_t info = {0};
    int failed = waitid(BY_PIDFD, (id_t)pidfd, &info, WEXITED);
    return !close(pidfd) && !failed && info.si_pid > 0 && info.si_pid != parent && !info.si_status;
}

int main(void)
{
    char *bare[] = {"A=b", NULL};
    int pidfd;
    if (pidfd_spawn(&pidfd, "/bin/true", NULL, NULL, (char *[]){"true", "1", NULL}, bare) ||
        !ended_well(pidfd, getpid()))
        return 1;
    if (pidfd_spawnp(&pidfd, "true", NULL, NULL, (char *[]){"true", "2", NULL}, bare) || !ended_well(pidfd, getpid()))
        return 2;
    return pidfd_spawn(&pidfd, "/missing", NULL, NULL, (char *[]){"x", NULL}, bare) == 2 ? 0 : 3;
}
