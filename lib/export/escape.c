/* SPDX-License-Identifier: MIT */
/* Escaping, one function a format. Owns nothing. */
#include "export/escape.h"

#include <string.h>

#include "base/json_write.h"
#include "base/utf8.h"

/* The bytes of `text`, at most `max`, that end with a whole character. */
static size_t cut_at(const char *text, size_t max)
{
    size_t len = strnlen(text, max + 1);
    if (len <= max)
        return len;
    while (max - --len < 3 && ((unsigned char)text[len] & 0xC0) == 0x80)
        ;
    return len;
}

void text_put_cut(struct buf *out, const char *text, size_t max)
{
    size_t len = cut_at(text, max);
    utf8_put_line(out, text, len);
    if (text[len])
        buf_str(out, "\xE2\x80\xA6");
}

/* Quotes within are left: this is for eyes, not for a shell. */
static void put_word(struct buf *out, const char *word, size_t len)
{
    static const char signs[] = " \t\n'\"\\$&|;<>()*?";
    bool plain = len;
    for (size_t i = 0; plain && i < len; i++)
        plain = !memchr(signs, word[i], sizeof signs - 1);
    const char *quote = plain ? "" : memchr(word, '\'', len) ? "\"" : "'";
    buf_str(out, quote);
    buf_add(out, word, len);
    buf_str(out, quote);
}

void text_put_command(struct buf *out, const struct span *span, size_t max)
{
    auto_buf line = BUF_EMPTY;
    for (size_t i = 0; i < span->argc && line.len <= max; i++) {
        if (i)
            buf_char(&line, ' ');
        put_word(&line, span->args[i], strnlen(span->args[i], max + 1));
    }
    if (!span->argc)
        buf_str(&line, span->name);
    text_put_cut(out, buf_text(&line), max);
    if (span->args_cut && line.len <= max)
        buf_str(out, "\xE2\x80\xA6");
}

void text_put_json(struct buf *out, const char *text)
{
    auto_buf plain = BUF_EMPTY;
    json_put_string(&plain, text);
    json_put_visible(out, plain.data, plain.len);
    if (buf_error(&plain))
        out->error = plain.error;
}

/* A reference stands for the character wherever text may be. */
static void put_reference(struct buf *out, uint32_t cp)
{
    buf_printf(out, "&#%u;", (unsigned)cp);
}

/* XML has a reference for tabs and line breaks, but no way to write other controls. */
static void put_xml_char(struct buf *out, uint32_t cp, char next)
{
    bool is_blank = cp == '\t' || cp == '\n' || cp == '\r', is_sign = cp < 0x7F && strchr("<>&\"'#", (int)cp);
    if (cp == UTF8_BAD || cp == 0xFFFE || cp == 0xFFFF || (cp < 0x20 && !is_blank))
        buf_str(out, UTF8_MARK);
    else if (is_sign || utf8_plays_tricks(cp) || (cp == ':' && next == ':'))
        put_reference(out, cp);
    else
        utf8_put(out, cp);
}

void text_put_xml(struct buf *out, const char *text)
{
    uint32_t cp;
    for (size_t len = strlen(text), took; len; text += took, len -= took) {
        took = utf8_decode(text, len, &cp);
        put_xml_char(out, cp, text[took]);
    }
}

/* A dot behind a w may begin what GitHub makes a link of by itself. */
static bool stands_for_itself(char c, char before)
{
    bool letter = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    return letter || (c & 0x80) || strchr(" /,-=%", c) || (c == '.' && (before | 0x20) != 'w');
}

void text_put_markdown(struct buf *out, const char *text)
{
    auto_buf line = BUF_EMPTY;
    utf8_put_line(&line, text, strlen(text));
    for (size_t i = 0; i < line.len; i++)
        if (stands_for_itself(line.data[i], i ? line.data[i - 1] : ' '))
            buf_char(out, line.data[i]);
        else
            put_reference(out, (unsigned char)line.data[i]);
}

void text_put_csv(struct buf *out, const char *text)
{
    auto_buf line = BUF_EMPTY;
    utf8_put_line(&line, text, strlen(text));
    buf_char(out, '"');
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] == '"')
            buf_char(out, '"');
        if (i && line.data[i] == '#' && line.data[i - 1] == '#')
            buf_char(out, ' ');
        buf_char(out, line.data[i]);
    }
    buf_char(out, '"');
}

void text_put_broken(struct buf *out, const char *text)
{
    auto_buf line = BUF_EMPTY;
    utf8_put_line(&line, text, strlen(text));
    for (size_t i = 0; i < line.len; i++) {
        if (i && (line.data[i] == ':' || line.data[i] == '#') && line.data[i - 1] == line.data[i])
            buf_char(out, ' ');
        buf_char(out, line.data[i]);
    }
}
