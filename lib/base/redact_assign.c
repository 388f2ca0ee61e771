/* SPDX-License-Identifier: MIT */
/* Names with their values: which of them hold a secret, and in what shape. */
#include "base/redact_parts.h"

bool redact_hide_value(struct scan *s, enum secret_kind kind, unsigned shape, const char *from)
{
    redact_find_value(s, shape, from, MIN(s->end, from + REDACT_JUDGED_MAX));
    if (redact_is_plain(s, kind))
        return false;
    redact_find_value(s, shape, from, s->end);
    return redact_hide(s);
}

/* Whether nothing stands before `from` but names and '=': then all the rest is the value. */
static bool leads(const struct scan *s, const char *from)
{
    return s->argument && from - s->in <= REDACT_JUDGED_MAX &&
           redact_skip(s->in, from, KIND_NAME | KIND_EQUALS) == from;
}

/* The shape of the value behind `sign`; its name starts at `from`. */
static unsigned shape_of(const struct scan *s, const char *from, char sign)
{
    char before = from > s->in ? from[-1] : '\0';
    if (before == '?' || before == '&')
        return VALUE_QUERY;
    if (before == ';' || (before == ' ' && from > s->in + 1 && from[-2] == ';'))
        return VALUE_FIELD;
    if (before == ',')
        return VALUE_ITEM;
    if (leads(s, from))
        return sign == ':' ? VALUE_LINE : VALUE_REST;
    return sign == ':' || s->word ? VALUE_WORD : VALUE_REST;
}

/* "name: value" is common in prose and code; only some names, and some ways to write it, count. `value` is
 * what stands behind the colon, `apart` that the name is in quotes or a blank follows. */
static bool colon_counts(const struct scan *s, enum secret_kind kind, const char *value, bool apart)
{
    if (kind == SECRET_PASS)
        return !apart && redact_starts_word(s, s->from); /* openssl's pass:X */
    /* "X-Token:x" is a header as some programs take it, "token:1.0" an image */
    apart |= s->from == s->in && redact_kind(*s->from) & KIND_UPPER;
    return apart && kind <= SECRET_CREDENTIAL && *value != '{' && *value != '[';
}

/* Where the name starts: behind its dashes, and behind the D of -Dname=value. */
static const char *name_start(const char *from, const char *to)
{
    const char *name = redact_skip(from, to, KIND_JOINT);
    return name + (name == from + 1 && *name == 'D');
}

bool redact_assignment(struct scan *s, const char *from, const char *to)
{
    const char *name = name_start(from, to), *name_end = to + (*to == '\\');
    bool quoted = redact_kind(*name_end) & KIND_QUOTES;
    name_end += quoted;
    const char *sign = redact_skip(name_end, s->end, KIND_SPACE), *value = sign + 1;
    if (!(redact_kind(*sign) & (KIND_EQUALS | KIND_COLON)) || *value == ':' || redact_starts(sign, "://"))
        return false;
    enum secret_kind kind = redact_name(s->r, name, to);
    if (!kind)
        return false;
    value += *value == '=' || *value == '>'; /* ==, :=, => */
    bool apart = quoted || redact_kind(*value) & KIND_SPACE, colon = *sign == ':';
    if (colon || sign > name_end)
        value = redact_skip(value, s->end, KIND_SPACE);
    unsigned shape = shape_of(s, from, *sign);
    s->from = from;
    if (colon && (kind == SECRET_HEADER || redact_starts(name, "x-")))
        kind = SECRET_ANY, shape = VALUE_LINE;
    else if (colon && !colon_counts(s, kind, value, apart))
        return false;
    if (shape == VALUE_QUERY)
        kind = SECRET_ANY; /* a signature in a URL is one, however short */
    if (quoted && s->quote == *to)
        s->quote = '\0';
    return redact_hide_value(s, kind, shape, value);
}
