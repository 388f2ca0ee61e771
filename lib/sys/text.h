/* SPDX-License-Identifier: MIT */
/* String helpers for code without libc. No allocation. */
#ifndef SYS_TEXT_H
#define SYS_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "sys/attr.h"

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

/* The part of `s` after `prefix`, or NULL when `s` does not start with it. */
const char *text_after(const char *s, const char *prefix);

/* Find the first of `words` that is a prefix of *s, and advance *s past it. Its number, from 1; 0 = none. In `words` each word
 * ends with a NUL, and the last one with two. */
int text_take(const char **s, const char *words);

/* A string being built in the caller's array. Check `cut` once at the end. */
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

/* Append `len` bytes; if they don't fit, append nothing and set `cut`. */
void text_add(struct text *t, const char *s, size_t len);

/* Append a string; as text_add(). */
void text_str(struct text *t, const char *s);

/* Write the concatenation of `a`, `b` and `c` to `out`, which has `room` bytes. 0, or -ENAMETOOLONG with `out` incomplete. */
must_check int text_join(char *out, size_t room, const char *a, const char *b, const char *c);

/* Append `value` in `base` (10 or 16), padded with zeros to `width`. */
void text_num(struct text *t, uint64_t value, unsigned base, unsigned width);

/* Put `a`, `b`, `number` in decimal and `c` together in `out`, likewise. */
must_check int text_join_number(char *out, size_t room, const char *a, const char *b, uint64_t number, const char *c);

/* Read a number in `base` (10 or 16) from *s and move *s behind it; 0 when there is none. Overflow wraps. */
uint64_t text_read_num(const char **s, unsigned base);

#endif
