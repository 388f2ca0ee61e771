/* SPDX-License-Identifier: MIT */
/* Object names: which ones every store accepts, and their encoding in URLs. Knows no backend. */
#include "store/name.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

/* A part that ends in a dot is "." or "..", or some stores strip the dot. */
static const char *part_fault(const char *part, size_t len)
{
    if (!len)
        return "has an empty part";
    if (part[len - 1] == '.')
        return "has a part that ends in '.'";
    return NULL;
}

/* Some stores treat a backslash as a separator, and control characters affect terminals. */
static const char *bytes_fault(const char *name)
{
    if (!utf8_valid(name, strlen(name)))
        return "is not valid UTF-8";
    for (const unsigned char *s = (const unsigned char *)name; *s; s++) {
        if (*s < 0x20 || *s == 0x7f)
            return "has a control character";
        if (*s == '\\')
            return "has a backslash";
    }
    return NULL;
}

const char *name_fault(const char *name)
{
    if (strlen(name) > NAME_MAX_BYTES)
        return "is longer than 1024 bytes";
    const char *fault = bytes_fault(name);
    for (const char *part = name; !fault;) {
        size_t len = strcspn(part, "/");
        fault = part_fault(part, len);
        if (!part[len])
            break;
        part += len + 1;
    }
    return fault;
}

/* The unreserved characters of RFC 3986; isalnum() would depend on the locale. */
static bool is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-_.~", c));
}

void name_encode(struct buf *out, const char *text, const char *keep)
{
    for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
        if (is_unreserved(*s) || strchr(keep, *s))
            buf_char(out, (char)*s);
        else
            buf_printf(out, "%%%02X", *s);
    }
}

/* The value of a hex digit, or -1. */
static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* %00 is refused like an invalid escape: names contain no NUL. */
int name_decode(struct buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '%') {
            buf_char(out, text[i]);
            continue;
        }
        int high = i + 2 < len ? hex_digit(text[i + 1]) : -1;
        int low = i + 2 < len ? hex_digit(text[i + 2]) : -1;
        if (high < 0 || low < 0 || !(high | low))
            return -EINVAL;
        buf_char(out, (char)(high << 4 | low));
        i += 2;
    }
    return 0;
}
