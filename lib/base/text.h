/* SPDX-License-Identifier: MIT */
/* String helpers for code without libc. Inline, no allocation. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* Length of a NUL-terminated string, at most `limit`. */
static inline size_t text_len(const char *s, size_t limit)
{
    size_t n = 0;
    while (n < limit && s[n])
        n++;
    return n;
}

/* Whether two strings are equal. */
static inline int text_equal(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

/* What follows `prefix` in `s`, or NULL when s does not start so. */
static inline const char *text_after(const char *s, const char *prefix)
{
    while (*prefix && *s == *prefix)
        s++, prefix++;
    return *prefix ? NULL : s;
}

/* A string being put together in the caller's array. Check `cut` once at the end. */
struct text {
    char *out;   /* always NUL-terminated */
    size_t room; /* bytes in out */
    size_t len;
    int cut; /* 1: something did not fit */
};

/* Start an empty text in `out`. */
static inline struct text text_into(char *out, size_t room)
{
    out[0] = '\0';
    return (struct text){.out = out, .room = room};
}

/* Append `len` bytes, all or none. */
static inline void text_add(struct text *t, const char *s, size_t len)
{
    if (t->cut || len >= t->room - t->len) {
        t->cut = 1;
        return;
    }
    for (size_t i = 0; i < len; i++)
        t->out[t->len + i] = s[i];
    t->len += len;
    t->out[t->len] = '\0';
}

/* Append a string. */
static inline void text_str(struct text *t, const char *s)
{
    text_add(t, s, text_len(s, t->room));
}

/* Append `value` in `base` (10 or 16), padded with zeros to `width`. */
static inline void text_num(struct text *t, uint64_t value, unsigned base, unsigned width)
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

/* Read a number in `base` (10 or 16) from *s and move *s behind it; 0 when there is none. Overflow wraps. */
static inline uint64_t text_read_num(const char **s, unsigned base)
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

#endif
