/* SPDX-License-Identifier: MIT */
/* posix_spawn with every attribute and file action, and what it must return when it fails. */
#include "animal.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>

static char *bare[] = {NULL};

static void attributes(void)
{
    static const short flags[] = {POSIX_SPAWN_RESETIDS,   POSIX_SPAWN_SETPGROUP,    POSIX_SPAWN_SETSIGDEF,
                                  POSIX_SPAWN_SETSIGMASK, POSIX_SPAWN_SETSCHEDULER, POSIX_SPAWN_USEVFORK,
                                  POSIX_SPAWN_SETSID};
    char *argv[] = {"leaf", "10", NULL};
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        posix_spawnattr_t attr;
        pid_t pid;
        posix_spawnattr_init(&attr);
        posix_spawnattr_setflags(&attr, flags[i]);
        errno = 77;
        must(!posix_spawn(&pid, "./leaf", NULL, &attr, argv, environ) && errno == 77);
        must(reaped(pid) == 10 << 8);
        posix_spawnattr_destroy(&attr);
    }
}

static void file_actions(void)
{
    char *argv[] = {"sh", "-c", "echo out; echo err >&2; exit 11", NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    posix_spawn_file_actions_addclose(&actions, 0);
    posix_spawn_file_actions_addchdir_np(&actions, "/");
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    must(!posix_spawnp(&pid, "sh", &actions, NULL, argv, bare));
    must(reaped(pid) == 11 << 8);
}

/* The path is one for the child, in its new folder: here it names nothing. */
static void elsewhere(void)
{
    char *argv[] = {"leaf_static", "12", NULL};
    char here[4096];
    posix_spawn_file_actions_t actions;
    pid_t pid;
    must(getcwd(here, sizeof here) && !chdir("/"));
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, here);
    must(!posix_spawn(&pid, "./leaf_static", &actions, NULL, argv, environ));
    must(reaped(pid) == 12 << 8);
}

static void fails(void)
{
    char *argv[] = {"leaf", NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid = 4711;
    must(posix_spawn(&pid, "/nonexistent/x", NULL, NULL, argv, environ) == ENOENT);
    must(posix_spawn(&pid, "/", NULL, NULL, argv, environ) == EACCES);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/nonexistent/x", O_WRONLY, 0);
    must(posix_spawn(&pid, "./leaf", &actions, NULL, argv, environ) == ENOENT);
    must(posix_spawn(&pid, "./leaf_static", &actions, NULL, argv, environ) == ENOENT);
    must(wait(NULL) == -1 && errno == ECHILD);
}

static void without_a_pid(void)
{
    char *argv[] = {"leaf", "13", NULL};
    int status;
    must(!posix_spawn(NULL, "./leaf", NULL, NULL, argv, NULL));
    must(wait(&status) > 0 && status == 13 << 8);
}

static const struct way ways[] = {
    {"attributes", attributes}, {"file_actions", file_actions},   {"elsewhere", elsewhere},
    {"fails", fails},           {"without_a_pid", without_a_pid},
};

ANIMAL_MAIN(ways)
