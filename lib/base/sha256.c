/* SPDX-License-Identifier: MIT */
/* SHA-256, with the names of the standard. */
#include "base/sha256.h"

#include <string.h>

static const uint32_t rounds[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turn(uint32_t x, int bits)
{
    return x >> bits | x << (32 - bits);
}

/* The message schedule: the block's sixteen words, and 48 more computed from them. */
static void expand(const unsigned char *block, uint32_t w[64])
{
    for (size_t t = 0; t < 16; t++, block += 4)
        w[t] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 | (uint32_t)block[2] << 8 | block[3];
    for (size_t t = 16; t < 64; t++) {
        uint32_t s0 = turn(w[t - 15], 7) ^ turn(w[t - 15], 18) ^ w[t - 15] >> 3;
        uint32_t s1 = turn(w[t - 2], 17) ^ turn(w[t - 2], 19) ^ w[t - 2] >> 10;
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
}

static void take_block(uint32_t state[8], const unsigned char *block)
{
    enum { A, B, C, D, E, F, G, H };
    uint32_t w[64], v[8];
    expand(block, w);
    memcpy(v, state, sizeof v);
    for (size_t t = 0; t < 64; t++) {
        uint32_t sum1 = turn(v[E], 6) ^ turn(v[E], 11) ^ turn(v[E], 25);
        uint32_t choice = (v[E] & v[F]) ^ (~v[E] & v[G]);
        uint32_t sum0 = turn(v[A], 2) ^ turn(v[A], 13) ^ turn(v[A], 22);
        uint32_t majority = (v[A] & v[B]) ^ (v[A] & v[C]) ^ (v[B] & v[C]);
        uint32_t t1 = v[H] + sum1 + choice + rounds[t] + w[t], t2 = sum0 + majority;
        memmove(v + 1, v, 7 * sizeof *v);
        v[E] += t1;
        v[A] = t1 + t2;
    }
    for (size_t i = 0; i < 8; i++)
        state[i] += v[i];
}

void sha256_begin(struct sha256 *digest)
{
    *digest = (struct sha256){
        .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void sha256_add(struct sha256 *digest, const void *data, size_t len)
{
    const unsigned char *from = data;
    while (len) {
        size_t at = digest->bytes % sizeof digest->block, part = MIN(len, sizeof digest->block - at);
        memcpy(digest->block + at, from, part);
        digest->bytes += part;
        from += part;
        len -= part;
        if (at + part == sizeof digest->block)
            take_block(digest->state, digest->block);
    }
}

/* Write a word in big-endian order. */
static void put(unsigned char *out, uint32_t word)
{
    for (int i = 0; i < 4; i++)
        out[i] = (unsigned char)(word >> (24 - 8 * i));
}

void sha256_end(struct sha256 *digest, unsigned char out[SHA256_BYTES])
{
    static const unsigned char padding[64] = {0x80};
    unsigned char bits[8];
    uint64_t count = digest->bytes * 8;
    put(bits, (uint32_t)(count >> 32));
    put(bits + 4, (uint32_t)count);
    sha256_add(digest, padding, 1 + (119 - digest->bytes % 64) % 64);
    sha256_add(digest, bits, sizeof bits);
    for (size_t i = 0; i < 8; i++)
        put(out + 4 * i, digest->state[i]);
}
