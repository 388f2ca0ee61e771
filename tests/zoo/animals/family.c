/* SPDX-License-Identifier: MIT */
/* family [DAMAGE]: a bit of everything, twice; in between the shell command DAMAGE hits what the record lies
 * in. */
#include "animal.h"

#include <spawn.h>

static void have_children(void)
{
    char *argv[] = {"leaf", "1", NULL};
    pid_t pid;
    must(!posix_spawn(&pid, "./leaf", NULL, NULL, argv, environ));
    must(reaped(pid) == 1 << 8);
    pid = fork();
    if (pid == 0)
        exit(2);
    must(reaped(pid) == 2 << 8);
    must(system("exit 3") == 3 << 8);
}

int main(int argc, char **argv)
{
    have_children();
    if (argc > 1)
        must(system(argv[1]) == 0);
    have_children();
    return 4;
}
