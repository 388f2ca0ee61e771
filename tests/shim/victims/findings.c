/* SPDX-License-Identifier: MIT */
/* findings overflow | leak | overrun: what a sanitizer must find, and does not have to end us for. */
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    char *volatile lost = malloc(8);
    volatile int large = 0x7ffffffe;
    if (argc != 2 || !lost)
        return 2;
    if (!strcmp(argv[1], "overflow"))
        large += argc;
    if (!strcmp(argv[1], "overrun"))
        lost[(size_t)argc * 4] = 0;
    if (!strcmp(argv[1], "leak"))
        lost = NULL;
    free(lost);
    return large == 0;
}
