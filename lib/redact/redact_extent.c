/* SPDX-License-Identifier: MIT */
/* Finds where a word starts and where a value ends. Contains no rules and writes nothing. */
#include "redact/redact_parts.h"

bool redact_starts_word(const struct scan *s, const char *at)
{
    return at == s->in || redact_kind(at[-1]) & KIND_APART;
}

/* Whether another field ("Name=") starts after the ';', '&' or ',' at `at`: otherwise the character may be part of the secret. */
static bool next_field_follows(const struct scan *s, const char *at)
{
    const char *limit = MIN(s->end, at + REDACT_JUDGED_MAX);
    const char *sign = redact_skip(at + 1, limit, KIND_NAME | KIND_SPACE);
    return sign > at + 1 && *sign == '=' && sign + 1 < s->end;
}

/* The position of the quote that closes the one at `open`, or `limit`. */
static const char *closing_quote(const struct scan *s, const char *open, const char *limit)
{
    bool escaped = open > s->in && open[-1] == '\\';
    for (const char *at = open + 1; at < limit; at++) {
        if (*at == *open)
            return at - (escaped && at[-1] == '\\');
        if (*at == '\\' && *open == '"' && !escaped)
            at++;
    }
    return limit;
}

/* Whether the ';', ')' or similar at `at` ends a word. A secret may contain these, so they count only before the end, a blank, a
 * quote, another such character or another field. */
static bool ends_word(const struct scan *s, unsigned shape, const char *at)
{
    if (redact_kind(*at) & KIND_SPLIT && next_field_follows(s, at))
        return true;
    return shape & VALUE_WORDLIKE && redact_kind(*at) & KIND_META &&
           (at + 1 >= s->end || redact_kind(at[1]) & KIND_APART);
}

const char *redact_value_end(const struct scan *s, unsigned shape, const char *from, const char *limit)
{
    const char *at = from;
    for (; at < limit; at++) {
        if ((s->quote && *at == s->quote) || redact_kind(*at) & (shape) ||
            (shape & VALUE_SPLITS && ends_word(s, shape, at)))
            break;
        if (!(shape & VALUE_WORDLIKE))
            continue;
        if (redact_kind(*at) & KIND_QUOTE)
            at = closing_quote(s, at, limit);
        else
            at += *at == '\\';
    }
    return MIN(at, limit);
}

bool redact_is_open_quote(const struct scan *s, const char *at)
{
    char c = *at;
    return redact_kind(c) & KIND_QUOTE && c != s->quote;
}

void redact_find_value(struct scan *s, unsigned shape, const char *from, const char *limit)
{
    const char *open = from + (*from == '\\');
    s->from = from;
    if (redact_is_open_quote(s, open)) {
        s->to = closing_quote(s, open, limit);
        s->after = MIN(s->to + (*s->to == '\\') + 1, s->end);
        char c = *s->after;
        s->from = open + 1;
        if (!(redact_kind(c) & KIND_NAME) && c != '$' && !redact_is_open_quote(s, s->after))
            return;
        s->from = from;
    }
    s->after = s->to = redact_value_end(s, shape, from, limit);
}
