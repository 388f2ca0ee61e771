/* SPDX-License-Identifier: MIT */
/* The program that the example deploys. */
#include <stdio.h>

#include "words.h"

int main(int argc, char **argv)
{
    return printf("%s, %s\n", words_greeting(), argc > 1 ? argv[1] : "world") < 0;
}
