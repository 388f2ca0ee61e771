/* SPDX-License-Identifier: MIT */
/* exec_chain COUNT [SEPARATOR]: becomes itself COUNT times, each time after waiting for a child; by way of
 * the program SEPARATOR, which runs its arguments, every second time. Then it is the leaf. */
#include "animal.h"

int main(int argc, char **argv)
{
    char rest[16];
    int count = argc > 1 ? atoi(argv[1]) : 0;
    pid_t pid = fork();
    if (pid == 0)
        _exit(count);
    must(reaped(pid) == count << 8);
    if (count == 0)
        become_leaf("8");
    snprintf(rest, sizeof rest, "%d", count - 1);
    if (argc > 2 && count % 2)
        execl(argv[2], argv[2], argv[0], rest, argv[2], (char *)NULL);
    else
        execl(argv[0], argv[0], rest, argv[2], (char *)NULL);
    return 99;
}
