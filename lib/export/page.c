/* SPDX-License-Identifier: MIT */
/* Putting lines together. Owns nothing: the buffer is the caller's. */
#include "export/page.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

static const char *const signs[][2] = {
    [GLYPH_FAILED] = {"!", "\xE2\x9C\x97"},
    [GLYPH_TASK] = {"#", "\xE2\x96\xB8"},
    [GLYPH_BRANCH] = {"|-", "\xE2\x94\x9C\xE2\x94\x80"},
    [GLYPH_LAST] = {"`-", "\xE2\x94\x94\xE2\x94\x80"},
    [GLYPH_TRUNK] = {"|", "\xE2\x94\x82"},
    [GLYPH_MORE] = {"...", "\xE2\x80\xA6"},
    [GLYPH_CHAIN] = {" > ", " \xE2\x80\xBA "},
    [GLYPH_DOT] = {" | ", " \xC2\xB7 "},
    [GLYPH_BAR] = {"=", "\xE2\x94\x81"},
    [GLYPH_REST] = {".", "\xC2\xB7"},
    [GLYPH_DONE] = {"ok", "\xE2\x9C\x93"},
    [GLYPH_TIMES] = {"x", "\xC3\x97"},
    [GLYPH_LOOK] = {"<-", "\xE2\x86\x90"},
    [GLYPH_LEAST] = {">= ", "\xE2\x89\xA5"},
};

/* The character that is shown for the one at the start of `text`, whose length goes to *took. */
static uint32_t shown_char(const struct page *p, const char *text, size_t len, size_t *took)
{
    uint32_t cp;
    *took = utf8_decode(text, len, &cp);
    if (cp == '\n' || cp == '\t' || cp == '\r')
        return ' ';
    if (cp == UTF8_BAD)
        return p->utf8 ? 0xFFFD : '?';
    return utf8_plays_tricks(cp) || (cp >= 0x80 && !p->utf8) ? '?' : cp;
}

/* Append the text's characters that fit into `room` columns; returns those columns. Without `out` only
 * measures. */
static int put_chars(const struct page *p, struct buf *out, const char *text, int room)
{
    size_t len = strlen(text), took;
    int used = 0;
    for (; len; text += took, len -= took) {
        uint32_t cp = shown_char(p, text, len, &took);
        int columns = utf8_columns(cp);
        if (used + columns > room)
            break;
        used += columns;
        if (out)
            utf8_put(out, cp);
    }
    return used;
}

int page_columns(const struct page *p, const char *text)
{
    return put_chars(p, NULL, text, INT32_MAX);
}

void page_text(struct page *p, const char *text)
{
    p->col += put_chars(p, p->out, text, INT32_MAX);
}

/* Measured before it is cut: a text that fits just so needs no sign for "more". */
void page_fit(struct page *p, const char *text, int room)
{
    int more = p->utf8 ? 1 : 3;
    if (page_columns(p, text) <= room) {
        page_text(p, text);
    } else if (room >= more) {
        p->col += put_chars(p, p->out, text, room - more);
        page_sign(p, GLYPH_MORE);
    }
}

void page_sign(struct page *p, enum page_glyph glyph)
{
    page_text(p, signs[glyph][p->utf8]);
}

/* Eighths of a column: U+2588 is full, the seven behind it are ever less. */
void page_bar(struct page *p, int64_t thousandths, int columns)
{
    int64_t eighths = MIN(MAX(thousandths, 0), 1000) * columns * 8 / 1000;
    if (!eighths && thousandths > 0)
        eighths = 1;
    int full = (int)(eighths / 8), rest = (int)(eighths % 8);
    if (!p->utf8)
        full += rest >= 4 || (!full && rest);
    for (int i = 0; i < full; i++) {
        if (p->utf8)
            utf8_put(p->out, 0x2588);
        else
            buf_char(p->out, '#');
    }
    if (p->utf8 && rest)
        utf8_put(p->out, 0x2590 - (uint32_t)rest);
    p->col += full + (p->utf8 && rest);
}

/* U+2581 is the lowest of eight blocks; what is nothing is a blank. */
void page_curve(struct page *p, const int64_t *centi, size_t len, int64_t most)
{
    for (size_t i = 0; i < len; i++, p->col++) {
        int64_t level = most > 0 ? (centi[i] * 8 + most - 1) / most : 0;
        if (!p->utf8)
            buf_char(p->out, (char)('0' + MIN((centi[i] + 50) / 100, 9)));
        else
            utf8_put(p->out, level > 0 ? 0x2580 + (uint32_t)MIN(level, 8) : ' ');
    }
}

void page_to(struct page *p, int col)
{
    for (; p->col < col; p->col++)
        buf_char(p->out, ' ');
}

/* So that it ends at `col`. A figure that is too long is not cut: it pushes what follows to the right. */
void page_right(struct page *p, const char *text, int col)
{
    page_to(p, col - page_columns(p, text));
    page_text(p, text);
}

void page_set(struct page *p, enum page_style style)
{
    static const char *const codes[] = {
        [PAGE_PLAIN] = "\x1b[0m",  [PAGE_BOLD] = "\x1b[1m",   [PAGE_DIM] = "\x1b[2m",
        [PAGE_RED] = "\x1b[1;31m", [PAGE_GREEN] = "\x1b[32m", [PAGE_CYAN] = "\x1b[36m",
    };
    if (p->colour)
        buf_str(p->out, codes[style]);
}

void page_styled(struct page *p, enum page_style style, const char *text)
{
    page_set(p, style);
    page_text(p, text);
    page_set(p, PAGE_PLAIN);
}

/* Blanks at the end would make terminals wrap, and diffs differ. */
void page_end(struct page *p)
{
    struct buf *out = p->out;
    while (out->len && out->data[out->len - 1] == ' ')
        out->data[--out->len] = '\0';
    buf_char(out, '\n');
    p->col = 0;
}
