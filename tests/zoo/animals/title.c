/* SPDX-License-Identifier: MIT */
/* Writes a title over its arguments and its environment, as servers do, and goes on. */
#include "animal.h"

int main(int argc, char **argv)
{
    char *end = argv[argc - 1] + strlen(argv[argc - 1]);
    for (char **e = environ; *e; e++)
        end = *e + strlen(*e);
    memset(argv[0], 'T', (size_t)(end - argv[0]));
    static char *empty[] = {NULL};
    environ = empty;
    pid_t pid = fork();
    if (pid == 0)
        become_leaf("1");
    must(reaped(pid) == 1 << 8);
    pid = fork();
    if (pid == 0)
        _exit(2);
    must(reaped(pid) == 2 << 8);
    must(system("exit 3") == 3 << 8);
    return 4;
}
