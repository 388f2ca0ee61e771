/* SPDX-License-Identifier: MIT */
/* Names with their values: which of them hold a secret, and in what shape. */
#include "redact/redact_parts.h"

/* Whether only names and '=' precede `from`: then all the rest is the value. */
static bool leads(const struct scan *s, const char *from)
{
    return s->argument && from - s->in <= REDACT_JUDGED_MAX &&
           redact_skip(s->in, from, KIND_NAME | KIND_EQUALS) == from;
}

/* The shape of the value after `sign`; its name starts at `from`. */
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

/* "password: must not be empty": a sentence, or the subject of a commit. */
static bool is_prose(const struct scan *s, const char *value)
{
    const char *to = redact_skip(value, s->end, KIND_LETTER), *next = redact_skip(to, s->end, KIND_SPACE);
    const char *next_to = redact_skip(next, s->end, KIND_NAME);
    return to > value && next > to && redact_kind(*next) & KIND_LETTER &&
           (next_to == s->end || !(redact_kind(*next_to) & (KIND_EQUALS | KIND_COLON)));
}

/* How a name that is followed by a colon is written. */
struct written {
    const char *name, *to, *value;
    bool quoted, apart; /* the name is in quotes; or a blank follows the colon */
};

/* "X-Custom-Key: x", but not "linux-cache-key: x". */
static bool is_key_header(const struct scan *s, const struct written *w)
{
    return redact_kind(*w->name) & KIND_UPPER && redact_skip(w->name, w->to, KIND_ALNUM) < w->to &&
           redact_starts_word(s, w->name);
}

/* "name: value" is common in prose and code: only some names, and some ways of writing it, count. */
static bool colon_counts(const struct scan *s, enum secret_kind kind, const struct written *w)
{
    bool quoted = w->quoted, apart = quoted || w->apart;
    if (kind == SECRET_PASS && !apart)
        return redact_starts_word(s, s->from); /* openssl's pass:X */
    if (*w->value == '{' || *w->value == '[' || (!quoted && is_prose(s, w->value)))
        return false;
    if (kind == SECRET_PASS) /* not the PASS: and FAIL: of tests */
        return quoted || *w->name >= 'a' || w->name[1] >= 'a';
    if (kind == SECRET_PWD)
        return apart;
    if (kind == SECRET_AUTH || kind == SECRET_DSN)
        return quoted;
    if (kind == SECRET_KEY)
        return apart;
    /* "X-Token:x" is a header as some programs take it, "token:1.0" an image */
    apart |= s->from == s->in && redact_kind(*s->from) & KIND_UPPER;
    return apart && kind <= SECRET_CREDENTIAL;
}

/* Where the name starts: after its dashes, and after the D of -Dname=value. */
static const char *name_start(const char *from, const char *to)
{
    const char *name = redact_skip(from, to, KIND_JOINT);
    return name + (name == from + 1 && *name == 'D');
}

/* Skip the type between name and value in CMake's NAME:STRING=value, if there is one. */
static const char *skip_type(const struct scan *s, const char *sign)
{
    const char *to = redact_skip(sign + 1, s->end, KIND_UPPER);
    return *sign == ':' && to > sign + 1 && *to == '=' ? to : sign;
}

bool redact_assignment(struct scan *s, const char *from, const char *to)
{
    struct written w = {.name = name_start(from, to), .to = to};
    const char *name_end = to + (*to == '\\');
    w.quoted = redact_kind(*name_end) & KIND_QUOTES;
    name_end += w.quoted;
    name_end +=
        (w.quoted && *name_end == ']') || (*name_end == '}' && from > s->in && from[-1] == '{'); /* ENV["NAME"] = */
    const char *sign = skip_type(s, redact_skip(name_end, s->end, KIND_SPACE));
    w.value = sign + 1;
    if (!(redact_kind(*sign) & (KIND_EQUALS | KIND_COLON)) || *w.value == ':' || redact_starts(sign, "://"))
        return false;
    enum secret_kind kind = redact_name(s->r, w.name, to);
    if (!kind)
        return false;
    w.value += *w.value == '=' || *w.value == '>'; /* ==, :=, => */
    w.apart = redact_kind(*w.value) & KIND_SPACE;
    bool colon = *sign == ':';
    if (colon || sign > name_end)
        w.value = redact_skip(w.value, s->end, KIND_SPACE);
    unsigned shape = shape_of(s, from, *sign);
    s->from = from;
    if (colon && (kind == SECRET_HEADER || redact_starts(w.name, "x-") || (kind == SECRET_KEY && is_key_header(s, &w))))
        kind = SECRET_ANY, shape = VALUE_LINE;
    else if (colon && !colon_counts(s, kind, &w))
        return false;
    if (shape == VALUE_QUERY)
        kind = SECRET_ANY; /* a signature in a URL is one, however short */
    if (w.quoted && s->quote == *to)
        s->quote = '\0';
    return redact_hide_value(s, kind, shape, w.value);
}
