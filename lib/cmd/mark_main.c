/* SPDX-License-Identifier: MIT */
/* The program dtrack-mark. */
#include "cmd/mark.h"

int main(int argc, char **argv)
{
    return mark_main(argc, argv);
}
