/* SPDX-License-Identifier: MIT */
/* Base64 both ways. Owns nothing. */
#include "base/base64.h"

#include <stdint.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_put(struct buf *out, const void *bytes, size_t len)
{
    const unsigned char *s = bytes;
    for (size_t i = 0; i < len; i += 3) {
        size_t have = MIN(len - i, (size_t)3);
        uint32_t group = (uint32_t)s[i] << 16;
        if (have > 1)
            group |= (uint32_t)s[i + 1] << 8;
        if (have > 2)
            group |= s[i + 2];
        char quad[4] = {alphabet[group >> 18], alphabet[group >> 12 & 63], alphabet[group >> 6 & 63],
                        alphabet[group & 63]};
        memset(quad + have + 1, '=', 3 - have);
        buf_add(out, quad, sizeof quad);
    }
}

static int digit_of(char c)
{
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

/* How many of the text's last four characters are padding, or -1 when that is not a multiple of four. */
static int padding_of(const char *text, size_t len)
{
    if (len % 4)
        return -1;
    if (!len || text[len - 1] != '=')
        return 0;
    return text[len - 2] == '=' ? 2 : 1;
}

long base64_decode(const char *text, size_t len, void *out)
{
    unsigned char *to = out;
    int padding = padding_of(text, len);
    if (padding < 0)
        return -1;
    size_t bytes = len / 4 * 3 - (size_t)padding, written = 0;
    uint32_t group = 0;
    for (size_t i = 0; i < len; i++) {
        int digit = i >= len - (size_t)padding ? 0 : digit_of(text[i]);
        if (digit < 0)
            return -1;
        group = group << 6 | (uint32_t)digit;
        for (int shift = 16; i % 4 == 3 && shift >= 0 && written < bytes; shift -= 8)
            to[written++] = (unsigned char)(group >> shift);
    }
    return (long)written;
}
