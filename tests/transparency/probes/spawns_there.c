/* SPDX-License-Identifier: MIT */
/* spawns_there FOLDER PATH...: posix_spawn each relative path behind a change of folder. In this folder, it names a
 * program of another kind. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
    for (int i = 2; i < argc; i++) {
        posix_spawn_file_actions_t actions;
        char *words[] = {argv[i], "3", NULL};
        int status = -1;
        pid_t pid;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, 1, 1);
        posix_spawn_file_actions_addchdir_np(&actions, argv[1]);
        int err = posix_spawn(&pid, argv[i], &actions, NULL, words, environ);
        if (!err)
            waitpid(pid, &status, 0);
        printf("%d %#x\n", err, status);
        fflush(stdout);
        posix_spawn_file_actions_destroy(&actions);
    }
    return argc < 3;
}
