/* SPDX-License-Identifier: MIT */
/* posix_spawn in several forms, checking what each must return; leaves with the number of the first surprise. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int status_of(pid_t pid)
{
    int status = -1;
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int main(void)
{
    char *argv[] = {"sh", "-c", "exit 4", NULL}, *bare[] = {NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    pid_t pid;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclose(&actions, 0);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    if (posix_spawn(&pid, "/bin/sh", &actions, &attr, argv, environ) || status_of(pid) != 4)
        return 1;
    if (posix_spawnp(&pid, "sh", NULL, NULL, argv, bare) || status_of(pid) != 4)
        return 2;
    if (posix_spawn(&pid, "/nonexistent/x", NULL, NULL, argv, environ) != ENOENT)
        return 3;
    if (posix_spawn(NULL, "/bin/sh", NULL, NULL, argv, NULL))
        return 4;
    return wait(NULL) > 0 ? 0 : 5;
}
