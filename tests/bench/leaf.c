/* SPDX-License-Identifier: MIT */
/* leaf [any]: the least that a dynamic program can be. With an argument it leaves by _exit. */
#include <unistd.h>

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        _exit(0);
    return 0;
}
