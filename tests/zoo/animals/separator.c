/* SPDX-License-Identifier: MIT */
/* separator PROGRAM [ARG...]: becomes that. Linked statically: what comes after it is below a process unseen.
 */
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc > 1)
        execv(argv[1], argv + 1);
    return 99;
}
