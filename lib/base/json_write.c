/* SPDX-License-Identifier: MIT */
/* Writing JSON text. Owns nothing. */
#include "base/json_write.h"

#include <string.h>

#include "base/utf8.h"

/* The characters before `s + len` that stand in a JSON string as they are, counted from `s`. */
static size_t plain_prefix(const unsigned char *s, size_t len)
{
    size_t i = 0;
    while (i < len && s[i] >= 0x20 && s[i] < 0x7F && s[i] != '"' && s[i] != '\\')
        i++;
    return i;
}

static void put_escape(struct buf *out, unsigned char c)
{
    static const char letters[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    const char *at = strchr(letters, c);
    if (at)
        buf_add(out, (char[]){'\\', names[at - letters]}, 2);
    else
        buf_printf(out, "\\u%04x", c);
}

/* Append the character at `s`, escaped if it would steer or turn the terminal that it is printed to. Returns
 * its length. */
static size_t put_char(struct buf *out, const unsigned char *s, size_t len)
{
    uint32_t cp;
    size_t took = utf8_decode(s, len, &cp);
    if (!utf8_plays_tricks(cp))
        utf8_put(out, cp);
    else if (cp < 0x10000)
        buf_printf(out, "\\u%04x", (unsigned)cp);
    else
        buf_printf(out, "\\u%04x\\u%04x", (unsigned)(0xD7C0 + (cp >> 10)), (unsigned)(0xDC00 | (cp & 0x3FF)));
    return took;
}

void json_put_bytes(struct buf *out, const void *bytes, size_t len)
{
    const unsigned char *s = bytes, *end = s + len;
    buf_char(out, '"');
    while (s < end) {
        size_t plain = plain_prefix(s, (size_t)(end - s));
        buf_add(out, s, plain);
        s += plain;
        if (s == end)
            break;
        if (*s && *s < 0x7F) {
            put_escape(out, *s++);
            continue;
        }
        s += put_char(out, s, (size_t)(end - s));
    }
    buf_char(out, '"');
}

void json_put_visible(struct buf *out, const char *text, size_t len)
{
    const unsigned char *s = (const unsigned char *)text, *end = s + len, *plain = s;
    while (s < end) {
        if (*s == '#' && s > plain && s[-1] == '#') {
            buf_add(out, plain, (size_t)(s - plain));
            buf_str(out, "\\u0023");
            plain = ++s;
            continue;
        }
        if ((*s >= 0x20 && *s < 0x7F) || *s == '\n' || *s == '\t' || *s == '\r') {
            s++;
            continue;
        }
        buf_add(out, plain, (size_t)(s - plain));
        plain = s += put_char(out, s, (size_t)(end - s));
    }
    buf_add(out, plain, (size_t)(s - plain));
}

void json_put_string(struct buf *out, const char *text)
{
    if (text)
        json_put_bytes(out, text, strlen(text));
    else
        buf_str(out, "null");
}

void json_put_int(struct buf *out, int64_t value)
{
    /* by hand: this runs twenty times a row, and printf takes five times as long */
    char digits[24], *at = digits + sizeof digits;
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (value < 0)
        *--at = '-';
    buf_add(out, at, (size_t)(digits + sizeof digits - at));
}

void json_put_int_or_null(struct buf *out, int64_t value)
{
    if (value == INT64_MIN)
        buf_str(out, "null");
    else
        json_put_int(out, value);
}

void json_put_bool(struct buf *out, bool value)
{
    buf_str(out, value ? "true" : "false");
}
