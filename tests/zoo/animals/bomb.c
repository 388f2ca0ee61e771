/* SPDX-License-Identifier: MIT */
/* bomb DEPTH: a fork bomb that ends. Each process but the last ones has two children and waits for neither
 * order. */
#include "animal.h"

static int explode(int depth)
{
    int status, sum = depth;
    pid_t pids[2];
    if (depth == 0)
        return 0;
    for (int i = 0; i < 2; i++) {
        pids[i] = fork();
        must(pids[i] >= 0);
        if (pids[i] == 0)
            exit(explode(depth - 1));
    }
    for (int i = 0; i < 2; i++)
        must(wait(&status) > 0 && status == (depth - 1) << 8);
    return sum;
}

int main(int argc, char **argv)
{
    return explode(argc > 1 ? atoi(argv[1]) : 1);
}
