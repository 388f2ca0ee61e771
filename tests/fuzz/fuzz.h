/* SPDX-License-Identifier: MIT */
/* What every fuzz target is: one function. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Feed one input to the code under test; abort() when it breaks a promise. Returns 0. The name is libFuzzer's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise that no input may break. */
#define PROMISE(cond) \
    do {              \
        if (!(cond))  \
            abort();  \
    } while (0)

#endif
