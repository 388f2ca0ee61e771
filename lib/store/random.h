/* SPDX-License-Identifier: MIT */
/* Random numbers for names and pauses. Not for secrets. */
#ifndef STORE_RANDOM_H
#define STORE_RANDOM_H

#include <stddef.h>

#include "sys/attr.h"

#define RANDOM_UUID 37 /* room for a UUID with its NUL */

/* Fill `len` bytes. Before the kernel's generator is ready, uses a weaker source, which is good enough for ids and pauses. */
nonnull void random_fill(void *to, size_t len);

/* Write a random UUID (version 4) in lower case, with its NUL. */
nonnull void random_uuid(char text[RANDOM_UUID]);

#endif
