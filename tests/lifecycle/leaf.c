/* SPDX-License-Identifier: MIT */
/* What the generated programs start: says how it was called and what it inherited, and leaves with 7. Built in every form that
 * a gate has to judge. */
#include "see.h"

int main(int argc, char **argv)
{
    say("leaf %s of %d words", FORM, argc - 1);
    show("leaf", "env");
    show("leaf", "mask");
    if (argc > 1 && !strncmp(argv[1], "puts", 4))
        puts("leaf");
    return 7;
}
