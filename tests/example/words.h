/* SPDX-License-Identifier: MIT */
/* The words of the example program. */
#ifndef EXAMPLE_WORDS_H
#define EXAMPLE_WORDS_H

/* How to greet somebody; a constant string, never NULL. */
const char *words_greeting(void);

#endif
