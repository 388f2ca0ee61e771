/* SPDX-License-Identifier: MIT */
/* parent HOW COUNT PROGRAM [WORD]... : has COUNT children, one after the other, and waits for each. HOW is
 * spawn; fork or vfork, and exec in the child; or return or leave: a fork child that runs on and ends by exit
 * or by _exit. Before and after, it makes a call that nobody else makes: marks in strace's log. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t start(const char *how, char **argv)
{
    pid_t pid;
    if (strcmp(how, "spawn") == 0)
        return posix_spawn(&pid, argv[0], NULL, NULL, argv, environ) ? -1 : pid;
    pid = strcmp(how, "vfork") == 0 ? vfork() : fork();
    if (pid)
        return pid;
    if (strcmp(how, "return") == 0)
        exit(0);
    if (strcmp(how, "leave") != 0)
        execve(argv[0], argv, environ);
    _exit(0);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: parent HOW COUNT PROGRAM [WORD]...\n", stderr);
        return 2;
    }
    alarm(0);
    for (int i = atoi(argv[2]); i > 0; i--) {
        int status;
        pid_t pid = start(argv[1], argv + 3);
        if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
            return 1;
    }
    alarm(0);
    return 0;
}
