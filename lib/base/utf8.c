/* SPDX-License-Identifier: MIT */
/* UTF-8 decoding by the table of well-formed sequences (Unicode 15, table 3-7). Owns nothing. */
#include "base/utf8.h"

/* What may follow a lead byte: how many bytes in all, and the range of the second one. That range is what
 * keeps overlong forms, surrogates and code points above U+10FFFF out. */
struct utf8_lead {
    unsigned char first, last;
    unsigned char length;
    unsigned char low, high;
};

static const struct utf8_lead leads[] = {
    {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF}, {0xE1, 0xEC, 3, 0x80, 0xBF}, {0xED, 0xED, 3, 0x80, 0x9F},
    {0xEE, 0xEF, 3, 0x80, 0xBF}, {0xF0, 0xF0, 4, 0x90, 0xBF}, {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F},
};

/* The entry for a lead byte; NULL for a continuation byte, or one that never occurs in UTF-8. */
static const struct utf8_lead *lead_of(unsigned char byte)
{
    for (size_t i = 0; i < ARRAY_LEN(leads); i++)
        if (byte >= leads[i].first && byte <= leads[i].last)
            return &leads[i];
    return NULL;
}

/* In an ill-formed sequence, the longest part that could have started a character counts as one error, as Unicode recommends: all
 * decoders that follow this show the same number of replacement characters. */
size_t utf8_decode(const void *bytes, size_t len, uint32_t *cp)
{
    const unsigned char *s = bytes;
    *cp = UTF8_BAD;
    if (s[0] < 0x80) {
        if (s[0])
            *cp = s[0];
        return 1;
    }
    const struct utf8_lead *lead = lead_of(s[0]);
    if (!lead)
        return 1;
    uint32_t value = s[0] & (0x7Fu >> lead->length);
    for (size_t i = 1; i < lead->length; i++) {
        unsigned char low = i == 1 ? lead->low : 0x80, high = i == 1 ? lead->high : 0xBF;
        if (i == len || s[i] < low || s[i] > high)
            return i;
        value = value << 6 | (s[i] & 0x3F);
    }
    *cp = value;
    return lead->length;
}

/* The length of the valid text at the start of the bytes. */
static size_t valid_prefix(const unsigned char *s, size_t len)
{
    size_t i = 0;
    while (i < len) {
        if (s[i] && s[i] < 0x80) {
            i++;
            continue;
        }
        uint32_t cp;
        size_t took = utf8_decode(s + i, len - i, &cp);
        if (cp == UTF8_BAD)
            break;
        i += took;
    }
    return i;
}

bool utf8_valid(const void *bytes, size_t len)
{
    return valid_prefix(bytes, len) == len;
}

void utf8_put_clean(struct buf *out, const void *bytes, size_t len)
{
    const unsigned char *s = bytes;
    while (len) {
        size_t good = valid_prefix(s, len);
        buf_add(out, s, good);
        if (good == len)
            return;
        uint32_t cp;
        size_t bad = utf8_decode(s + good, len - good, &cp);
        buf_str(out, UTF8_MARK);
        s += good + bad;
        len -= good + bad;
    }
}

void utf8_put(struct buf *out, uint32_t cp)
{
    if (cp < 0x80 && cp) {
        buf_char(out, (char)cp);
    } else if (cp >= 0x80 && cp < 0x800) {
        buf_add(out, (char[]){(char)(0xC0 | cp >> 6), (char)(0x80 | (cp & 0x3F))}, 2);
    } else if (cp >= 0x800 && cp < 0x10000 && (cp < 0xD800 || cp > 0xDFFF)) {
        buf_add(out, (char[]){(char)(0xE0 | cp >> 12), (char)(0x80 | (cp >> 6 & 0x3F)), (char)(0x80 | (cp & 0x3F))}, 3);
    } else if (cp >= 0x10000 && cp < 0x110000) {
        buf_add(out,
                (char[]){(char)(0xF0 | cp >> 18), (char)(0x80 | (cp >> 12 & 0x3F)), (char)(0x80 | (cp >> 6 & 0x3F)),
                         (char)(0x80 | (cp & 0x3F))},
                4);
    } else {
        buf_str(out, UTF8_MARK);
    }
}

struct utf8_range {
    uint32_t first, last;
};

static bool in_ranges(const struct utf8_range *ranges, size_t len, uint32_t cp)
{
    for (size_t i = 0; i < len; i++)
        if (cp >= ranges[i].first && cp <= ranges[i].last)
            return true;
    return false;
}

/* Joiners (U+200C, U+200D) are allowed: scripts and emoji need them, and they don't change the text's direction. */
bool utf8_plays_tricks(uint32_t cp)
{
    static const struct utf8_range tricks[] = {
        {0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},     {0x61C, 0x61C},   {0x180E, 0x180E}, {0x200B, 0x200B},
        {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
    };
    return (cp < 0x20 || cp >= 0x7F) && in_ranges(tricks, ARRAY_LEN(tricks), cp);
}

void utf8_put_line(struct buf *out, const void *bytes, size_t len)
{
    const unsigned char *s = bytes;
    for (size_t took; len; s += took, len -= took) {
        uint32_t cp;
        took = utf8_decode(s, len, &cp);
        if (*s < 0x20 || *s == 0x7F)
            cp = ' ';
        utf8_put(out, utf8_plays_tricks(cp) ? '?' : cp);
    }
}

/* Ranges instead of the complete table of East Asian widths: in a rare script a wrong width only misaligns one line. */
int utf8_columns(uint32_t cp)
{
    static const struct utf8_range combining[] = {
        {0x300, 0x36F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xE0100, 0xE01EF},
    };
    static const struct utf8_range wide[] = {
        {0x1100, 0x115F},   {0x2E80, 0xA4CF},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
        {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
        {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD},
    };
    if (cp < 0x300)
        return 1;
    if (in_ranges(combining, ARRAY_LEN(combining), cp))
        return 0;
    return in_ranges(wide, ARRAY_LEN(wide), cp) ? 2 : 1;
}
