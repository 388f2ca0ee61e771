/* SPDX-License-Identifier: MIT */
/* The words of the example program, in a file of their own so that there is something to compile in parallel. */
#include "words.h"

const char *words_greeting(void)
{
    return "hello";
}
