/* SPDX-License-Identifier: MIT */
/* crowd COUNT: that many children, all alive at once; every third one is a program of its own. */
#include "animal.h"

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 1, ends[2], status;
    char byte;
    must(!pipe(ends));
    for (int i = 0; i < count; i++) {
        pid_t pid = fork();
        if (pid < 0)
            return 77; /* so many may not be */
        if (pid == 0) {
            close(ends[1]);
            must(read(ends[0], &byte, 1) == 0);
            if (i % 3 == 0)
                become_leaf("11");
            _exit(i % 100);
        }
    }
    close(ends[1]); /* now all of them go */
    for (int i = 0; i < count; i++)
        must(wait(&status) > 0 && WIFEXITED(status));
    return 0;
}
