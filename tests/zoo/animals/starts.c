/* SPDX-License-Identifier: MIT */
/* starts PROGRAM STATUS [ROOT]: starts the program, which is to leave with that status, in every way there
 * is. With ROOT it makes that folder its root first, where there is no shell. */
#include "animal.h"

#include <spawn.h>

static void by_fork(char *const *words, int status)
{
    pid_t pid = fork();
    if (pid == 0)
        execv(words[0], words);
    must(reaped(pid) == status << 8);
}

static void by_vfork(char *const *words, int status)
{
    pid_t pid = vfork();
    if (pid == 0) {
        execvp(words[0], words);
        _exit(127);
    }
    must(reaped(pid) == status << 8);
}

static void by_spawn(char *const *words, int status)
{
    pid_t pid;
    must(!posix_spawn(&pid, words[0], NULL, NULL, words, environ));
    must(reaped(pid) == status << 8);
}

static void by_shell(char *const *words, int status)
{
    char line[4096];
    snprintf(line, sizeof line, "%s %s; exit $?", words[0], words[1]);
    must(system(line) == status << 8);
}

int main(int argc, char **argv)
{
    must(argc > 2);
    char *words[] = {argv[1], argv[2], NULL};
    int status = atoi(argv[2]);
    if (argc > 3 && (chdir(argv[3]) || chroot(".")))
        return 77;
    by_fork(words, status);
    by_vfork(words, status);
    by_spawn(words, status);
    if (argc == 3)
        by_shell(words, status);
    execv(words[0], words);
    return 99;
}
