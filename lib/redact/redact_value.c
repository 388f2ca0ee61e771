/* SPDX-License-Identifier: MIT */
/* Decides which values are not secrets although their name denotes one. */
#include "redact/redact_parts.h"

static bool looks_like_path(const char *from, const char *to)
{
    const char *at = from;
    while (at < to && at < from + 2 && (*at == '.' || *at == '~'))
        at++;
    /* base64 may start with a slash, too */
    return at == to || (*at == '/' && redact_skip(at, to, ~KIND_BASE64) == to);
}

/* Whether the value ends like "server.pem". */
static bool looks_like_file(const char *from, const char *to)
{
    const char *at = to;
    while (at > from && redact_kind(at[-1]) & KIND_LOWER)
        at--;
    return at > from && at[-1] == '.' && to - at >= 2 && to - at <= 5;
}

/* "8080:80", "127.0.0.1:8080:80/tcp", and for what can't be ports: "2", "12". */
static bool looks_like_numbers(enum secret_kind kind, const char *from, const char *to)
{
    const char *at = from;
    bool colon = kind == SECRET_PASS && to - from <= 2;
    for (; at < to && (redact_kind(*at) & (KIND_DIGIT | KIND_COLON) || *at == '.'); at++)
        colon |= *at == ':';
    return colon && (at == to || *at == '/');
}

/* Of random base64 strings of 20 characters, one in ten thousand lacks an upper-case letter, a lower-case letter or a digit,
 * while names of that length with all three are rare. A string in one case only must be as long as a digest. */
bool redact_looks_random(const char *from, const char *to)
{
    unsigned seen = 0;
    for (int len = 1;; len++, from++) {
        unsigned kind = from < to ? redact_kind(*from) : 0;
        if (kind & (KIND_ALNUM | KIND_BASE64)) {
            seen |= kind;
            continue;
        }
        if (seen & KIND_DIGIT && seen & KIND_LETTER && len > ((seen & KIND_LETTER) == KIND_LETTER ? 20 : 32))
            return true;
        if (from >= to)
            return false;
        seen = 0;
        len = 0;
    }
}

/* Whether a pattern of sed, grep or a shell starts at `from`, such as ".*" or "[^". */
static bool is_pattern(const char *from)
{
    static const char first[] = ".([)*\\", second[] = "*+^(.\\";
    bool starts = false, goes_on = false;
    for (size_t i = 0; i < sizeof first - 1; i++)
        starts |= *from == first[i], goes_on |= from[1] == second[i];
    return starts && goes_on && (*from != '.' || from[1] != '.');
}

/* "$NAME", "${NAME}", "$(command)", "${{ expression }}". Text that may also be a password is excluded: a variable in lower case
 * that is an argument by itself, and one with a default value. */
static bool is_variable(const struct scan *s, const char *from, const char *to)
{
    if (from[1] == '(')
        return true;
    if (from[1] == '{' && from[2] == '{')
        return true;
    bool brace = from[1] == '{';
    unsigned letters = brace || s->word ? KIND_ALNUM : KIND_DIGIT | KIND_UPPER;
    const char *at = from += 1 + brace;
    while (at < to && (redact_kind(*at) & letters || *at == '_'))
        at++;
    at += !brace && *at == '/' && at + 1 == to; /* of sed's s/// */
    return at > from && (at == to || (brace && *at == '}' && at + 1 == to));
}

bool redact_is_reference(const struct scan *s, const char *from, const char *to)
{
    if (to - from < 2)
        return false;
    if (*from == '$')
        return is_variable(s, from, to);
    if (*from == '@' || *from == '<') /* curl's and HTTPie's */
        return looks_like_path(from + 1, to) || looks_like_file(from + 1, to);
    if ((*from == '{' || *from == '*') && from[1] == *from)
        return true;
    return is_pattern(from) || redact_find(redact_references, from, to).class;
}

/* The same for a value with a scheme before it: Bearer $TOKEN. */
static bool is_referred_to(const struct scan *s, const char *from, const char *to)
{
    const char *word = redact_skip(from, to, KIND_LETTER), *value = redact_skip(word, to, KIND_SPACE);
    return redact_is_reference(s, from, to) || (value > word && *value == '$' && redact_is_reference(s, value, to));
}

bool redact_is_plain(const struct scan *s, enum secret_kind kind)
{
    const char *from = s->from, *to = s->to;
    if (from >= to || (kind != SECRET_OPTION && redact_find(redact_switch_values, from, to).class))
        return true;
    if (is_referred_to(s, from, to))
        return true;
    if (kind == SECRET_SECRET) /* the name of a secret consists of words: "db-password" */
        return redact_skip(from, to, KIND_LETTER) < to && redact_skip(from, to, KIND_LOWER | KIND_JOINT) == to &&
               redact_name(s->r, from, to);
    if (kind == SECRET_DSN)
        return redact_skip(from, to, ~KIND_OTHER) == to;
    if (kind == SECRET_AUTH)
        return redact_find(redact_auth_methods, from, to).class;
    if (kind == SECRET_KEY || kind == SECRET_SIGNATURE)
        return !redact_looks_random(from, to);
    if (kind == SECRET_PASS || kind == SECRET_OPTION)
        return looks_like_numbers(kind, from, to);
    return kind != SECRET_ANY && (looks_like_path(from, to) || (kind != SECRET_PWD && looks_like_file(from, to)));
}
