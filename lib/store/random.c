/* SPDX-License-Identifier: MIT */
/* Random numbers from the kernel, or a weak substitute. */
#include "store/random.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

#include "sys/clock.h"

void random_fill(void *to, size_t len)
{
    if (getrandom(to, len, GRND_NONBLOCK) == (ssize_t)len)
        return;
    uint64_t now = (uint64_t)clock_ns(CLOCK_REALTIME);
    uint64_t seed = (now << 32 | (uint64_t)getpid()) * 0x9e3779b97f4a7c15U;
    for (size_t i = 0; i < len; i++, seed = seed * 6364136223846793005U + 1442695040888963407U)
        ((unsigned char *)to)[i] = (unsigned char)(seed >> 56);
}

void random_uuid(char text[RANDOM_UUID])
{
    unsigned char b[16];
    random_fill(b, sizeof b);
    b[6] = (b[6] & 0x0f) | 0x40; /* version 4, random */
    b[8] = (b[8] & 0x3f) | 0x80;
    size_t at = 0;
    for (size_t i = 0; i < sizeof b; i++) {
        bool dash = i == 4 || i == 6 || i == 8 || i == 10;
        at += (size_t)snprintf(text + at, RANDOM_UUID - at, dash ? "-%02x" : "%02x", b[i]);
    }
}
