/* SPDX-License-Identifier: MIT */
/* pointers WAY: hand a pointer to a function that the kernel refuses: EFAULT, and the program lives on. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void *wild(void)
{
    return (void *)(intptr_t)-1;
}

static void child_that_ends(void)
{
    if (fork() == 0)
        _exit(1);
}

int main(int argc, char **argv)
{
    char *const words[] = {"true", NULL};
    char *const none[] = {NULL};
    char *const bad_string[] = {"X=1", wild(), NULL};
    const char *way = argc > 1 ? argv[1] : "";
    pid_t pid;
    int ret = -2;
    if (!strcmp(way, "path")) {
        ret = execve(wild(), words, none);
    } else if (!strcmp(way, "argv")) {
        ret = execve("/bin/true", wild(), none);
    } else if (!strcmp(way, "envp")) {
        ret = execve("/bin/true", words, wild());
    } else if (!strcmp(way, "string")) {
        ret = execve("/bin/true", words, bad_string);
    } else if (!strcmp(way, "spawn")) {
        ret = posix_spawn(&pid, "/bin/true", NULL, NULL, words, wild());
    } else if (!strcmp(way, "waitpid")) {
        child_that_ends();
        ret = waitpid(-1, wild(), 0);
    } else if (!strcmp(way, "waitid")) {
        child_that_ends();
        ret = waitid(P_ALL, 0, wild(), WEXITED);
    }
    printf("%d %s\n", ret, strerror(errno));
    return 0;
}
