/* SPDX-License-Identifier: MIT */
/* Where a secret ends. Judges nothing and writes nothing. */
#include "base/redact_parts.h"

#define LINE_BREAKS (REDACT_BIT('\n') | REDACT_BIT('\r'))
#define BLANKS (LINE_BREAKS | REDACT_BIT(' ') | REDACT_BIT('\t'))
#define QUOTES (REDACT_BIT('"') | REDACT_BIT('\''))

bool redact_is_meta(char c)
{
    static const uint64_t low = REDACT_BIT(';') | REDACT_BIT('&') | REDACT_BIT('<') | REDACT_BIT('>') |
                                REDACT_BIT('(') | REDACT_BIT(')') | REDACT_BIT(',');
    static const uint64_t high = REDACT_BIT('|') | REDACT_BIT('`') | REDACT_BIT('}') | REDACT_BIT(']');
    return redact_in_set((unsigned char)c, low, high);
}

/* What always ends a value of that shape. */
static bool ends_shape(enum value_shape shape, char c)
{
    unsigned char u = (unsigned char)c;
    switch (shape) {
    case VALUE_REST:
        return false;
    case VALUE_LINE:
        return redact_in_set(u, LINE_BREAKS, 0);
    case VALUE_QUERY:
        return redact_in_set(u, BLANKS | QUOTES | REDACT_BIT('&') | REDACT_BIT('#') | REDACT_BIT(';'), 0);
    case VALUE_FIELD:
        return redact_in_set(u, LINE_BREAKS | QUOTES | REDACT_BIT(';'), 0);
    case VALUE_ITEM:
        return redact_in_set(u, BLANKS | REDACT_BIT(','), 0);
    default:
        return redact_in_set(u, BLANKS, 0);
    }
}

/* Whether a next field starts behind the ';', '&' or ',' at `from`: "Name=". A secret may hold such
 * characters, too. */
static bool next_field_follows(const struct scan *s, size_t from)
{
    size_t i = from + 1, limit = MIN(s->len, i + 64);
    while (i < limit && (redact_is_name(s->in[i]) || s->in[i] == ' '))
        i++;
    return i > from + 1 && redact_peek(s, i) == '=' && i + 1 < s->len;
}

/* The place of the quote that closes the one at `open`, or `limit`. */
static size_t closing_quote(const struct scan *s, size_t open, size_t limit)
{
    char quote = s->in[open];
    bool escaped = open && s->in[open - 1] == '\\';
    for (size_t i = open + 1; i < limit; i++) {
        if (s->in[i] == quote)
            return escaped && s->in[i - 1] == '\\' ? i - 1 : i;
        if (s->in[i] == '\\' && quote == '"' && !escaped)
            i++;
    }
    return limit;
}

/* Whether the ';', ')' or such at `from` ends a word. A secret may hold these, too: they count only with an
 * end, a blank, a quote or one of their own behind them, or with a next field. */
static bool ends_word(const struct scan *s, enum value_shape shape, size_t from)
{
    char c = s->in[from], next = redact_peek(s, from + 1);
    bool splits = c == ';' || c == '&' || c == ',';
    if (splits && next_field_follows(s, from))
        return true;
    bool apart = !next || redact_is_blank(next) || redact_is_quote(next) || redact_is_meta(next);
    return shape != VALUE_REST && redact_is_meta(c) && apart;
}

/* Whether a word may have parts in quotes. */
static bool has_quotes(enum value_shape shape)
{
    return shape == VALUE_WORD || shape == VALUE_ITEM || shape == VALUE_MAPPING;
}

size_t redact_value_end(const struct scan *s, enum value_shape shape, size_t from, size_t limit)
{
    bool quotable = has_quotes(shape);
    size_t i = from;
    while (i < limit) {
        char c = s->in[i];
        if ((s->quote && c == s->quote) || ends_shape(shape, c))
            break;
        if ((quotable || shape == VALUE_REST) && ends_word(s, shape, i))
            break;
        if (quotable && (c == '"' || c == '\''))
            i = closing_quote(s, i, limit);
        else if (c == '\\' && shape == VALUE_WORD)
            i++;
        i++;
    }
    return MIN(i, limit);
}

bool redact_is_open_quote(const struct scan *s, size_t from)
{
    char c = redact_peek(s, from);
    return (c == '"' || c == '\'') && c != s->quote;
}

struct value redact_find_value(const struct scan *s, enum value_shape shape, size_t from, size_t limit)
{
    size_t open = from + (redact_peek(s, from) == '\\');
    if (redact_is_open_quote(s, open)) {
        size_t close = closing_quote(s, open, limit), behind = close + (redact_peek(s, close) == '\\') + 1;
        if (!redact_is_name(redact_peek(s, behind)) && redact_peek(s, behind) != '$' &&
            !redact_is_open_quote(s, behind))
            return (struct value){{open + 1, close}, MIN(behind, s->len)};
    }
    size_t end = redact_value_end(s, shape, from, limit);
    return (struct value){{from, end}, end};
}
