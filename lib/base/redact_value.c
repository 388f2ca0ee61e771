/* SPDX-License-Identifier: MIT */
/* Which values are no secret, although their name says so. */
#include "base/redact_parts.h"

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

/* "8080:80", "127.0.0.1:8080:80/tcp", and for what can't be ports: "2". */
static bool looks_like_numbers(enum secret_kind kind, const char *from, const char *to)
{
    const char *at = from;
    bool colon = kind == SECRET_PASS;
    for (; at < to && (redact_kind(*at) & (KIND_DIGIT | KIND_COLON) || *at == '.'); at++)
        colon |= *at == ':';
    return colon && (at == to || *at == '/');
}

/* 20 characters of base64 without a capital, a small letter or a digit are one in ten thousand; names of that
 * length with all three are rare, too. Of one case only, as long as a digest. */
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

bool redact_is_plain(const struct scan *s, enum secret_kind kind)
{
    const char *from = s->from, *to = s->to;
    if (from >= to || (kind != SECRET_OPTION && redact_find(redact_switch_values, from, to).class))
        return true;
    if (kind == SECRET_AUTH)
        return redact_find(redact_auth_methods, from, to).class;
    if (kind == SECRET_KEY || kind == SECRET_SIGNATURE)
        return !redact_looks_random(from, to);
    if (kind == SECRET_PASS || kind == SECRET_OPTION)
        return looks_like_numbers(kind, from, to);
    return kind != SECRET_ANY &&
           (looks_like_path(from, to) || (kind != SECRET_PWD && looks_like_file(from, to)));
}
