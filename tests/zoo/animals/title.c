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
    have_some_children();
    return 4;
}
