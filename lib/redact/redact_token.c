/* SPDX-License-Identifier: MIT */
/* Recognises secrets by their form alone: tokens of services, JWTs and PEM blocks. */
#include "redact/redact_parts.h"

/* The position of `text` between `from` and `to`, or `to`. */
static const char *find(const char *from, const char *to, const char *text)
{
    while (from < to && !redact_starts(from, text))
        from++;
    return from;
}

/* "-----BEGIN X-----", base64, "-----END X-----". The first line alone is not a secret: it may be a search pattern. */
static bool find_pem(struct scan *s, const char *from)
{
    if (!redact_starts(from, "-----BEGIN"))
        return false;
    const char *last = find(from, s->end, "-----END");
    s->from = from;
    s->to = s->after = MIN(find(last + 8, s->end, "-----") + 5, s->end);
    return last - from > 48;
}

/* Whether a token starts at `from`; it ends at `to` at the latest. */
static bool find_token(struct scan *s, const char *from, const char *to)
{
    struct redact_found found = redact_find(redact_tokens, from, to);
    if (!found.class)
        return false;
    s->from = from;
    s->to = s->after = redact_skip(found.after, to, found.class & TOKEN_NAMED ? KIND_NAME : KIND_ALNUM);
    return s->to - found.after >= 4 * (found.class & TOKEN_LEAST);
}

bool redact_token(struct scan *s, const char *from, const char *to)
{
    if (find_pem(s, from))
        return true;
    if (redact_skip(from, to, KIND_LOWER | KIND_JOINT) == to)
        return false; /* words, as in most options */
    for (; to - from >= REDACT_TOKEN_LEAST; from++) {
        bool inside = from > s->in && redact_kind(from[-1]) & KIND_ALNUM;
        if (!inside && find_token(s, from, to))
            return true;
    }
    return false;
}
