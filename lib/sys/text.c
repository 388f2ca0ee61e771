/* SPDX-License-Identifier: MIT */
/* Builds and parses short strings. Freestanding. */
#include "sys/text.h"

#include <errno.h>

void text_add(struct text *t, const char *s, size_t len)
{
    if (t->cut || len >= t->room - t->len) {
        t->cut = 1;
        return;
    }
    __builtin_memcpy(t->out + t->len, s, len);
    t->len += len;
    t->out[t->len] = '\0';
}

void text_str(struct text *t, const char *s)
{
    text_add(t, s, text_len(s, t->room));
}

int text_join(char *out, size_t room, const char *a, const char *b, const char *c)
{
    struct text t = text_into(out, room);
    text_str(&t, a);
    text_str(&t, b);
    text_str(&t, c);
    return t.cut ? -ENAMETOOLONG : 0;
}

void text_num(struct text *t, uint64_t value, unsigned base, unsigned width)
{
    char digits[24];
    size_t at = sizeof digits;
    do {
        unsigned digit = (unsigned)(value % base);
        digits[--at] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
        value /= base;
    } while (value && at);
    while (at && sizeof digits - at < width)
        digits[--at] = '0';
    text_add(t, digits + at, sizeof digits - at);
}

int text_join_number(char *out, size_t room, const char *a, const char *b, uint64_t number, const char *c)
{
    struct text t = text_into(out, room);
    text_str(&t, a);
    text_str(&t, b);
    text_num(&t, number, 10, 0);
    text_str(&t, c);
    return t.cut ? -ENAMETOOLONG : 0;
}

uint64_t text_read_num(const char **s, unsigned base)
{
    uint64_t value = 0;
    for (;; (*s)++) {
        unsigned c = (unsigned char)**s, digit;
        if (c >= '0' && c <= '9')
            digit = c - '0';
        else if (base == 16 && c >= 'a' && c <= 'f')
            digit = c - 'a' + 10;
        else
            return value;
        value = value * base + digit;
    }
}

const char *text_after(const char *s, const char *prefix)
{
    while (*prefix && *s == *prefix)
        s++, prefix++;
    return *prefix ? NULL : s;
}

int text_take(const char **s, const char *words)
{
    for (int nth = 1; *words; nth++) {
        const char *at = *s;
        while (*words && *at == *words)
            at++, words++;
        if (!*words) {
            *s = at;
            return nth;
        }
        while (*words++) {
        }
    }
    return 0;
}
