/* SPDX-License-Identifier: MIT */
/* Finds secrets in a text and copies the rest: names with values, URLs, tokens, options with the word after them. Each position is
 * examined a bounded number of times, so the time is linear. */
#include "redact/redact_parts.h"

/* The kind of the next word after an authentication scheme, "Bearer X" (in lower case it is an English word), or in SQL after
 * PASSWORD and IDENTIFIED BY. */
static enum secret_kind announced_by(const struct scan *s, const char *from, const char *to)
{
    if (*from == 'B' && redact_starts(from, "bearer") == to)
        return SECRET_ANY;
    bool by = from - s->in > 10 && redact_starts(from - 11, "identified by") == to;
    return by || redact_starts(from, "password") == to ? SECRET_QUOTED : SECRET_NOT;
}

/* A run of name characters: a token, or a name with its value. */
static void take_run(struct scan *s)
{
    const char *from = s->pos, *to = redact_skip(from, s->end, KIND_NAME);
    s->pos = to;
    if (redact_token(s, from, to))
        redact_hide(s);
    else if (!redact_assignment(s, from, to) && s->word && !s->r->next)
        s->r->next = (uint8_t)announced_by(s, from, to);
}

/* scheme://user:password@host and scheme://TOKEN@host. A password may contain '@' and, if it was not encoded, '/'; host:port is not
 * user:password. */
static void take_url(struct scan *s)
{
    const char *from = s->pos += 3, *limit = MIN(s->end, from + 4 * REDACT_JUDGED_MAX);
    const char *at = redact_skip(from, limit, KIND_NAME | KIND_FILLER);
    if (*at == ':' && *redact_skip(at + 1, limit, KIND_DIGIT) == '/')
        return;
    s->to = NULL;
    bool slash = *at == ':';
    for (; at < limit && !(redact_kind(*at) & (KIND_BLANK | KIND_QUOTES | KIND_HASH | KIND_BRACKET)); at++) {
        if (*at == '@')
            s->to = at, slash = false;
        if (*at == '/' && !slash)
            break;
    }
    if (!s->to)
        return;
    s->from = from;
    s->after = s->to;
    if (!redact_hide_user(s) && redact_looks_random(from, s->to))
        redact_hide(s);
}

static void take_other(struct scan *s)
{
    bool inside = s->pos > s->in && redact_kind(s->pos[-1]) & KIND_ALNUM; /* as in "can't" */
    char c = *s->pos++;
    unsigned kind = redact_kind(c);
    if (kind & KIND_QUOTES && (s->quote ? s->quote == c : !inside))
        s->quote ^= c; /* opens or closes */
    else if (kind & (KIND_SEMICOLON | KIND_AMPERSAND | KIND_BREAK))
        s->r->program = s->r->next = 0;
}

void redact_scan(struct scan *s)
{
    /* text beyond the remaining room will not be written, so it need not be scanned */
    while (s->pos < s->end && !s->cut && s->pos - s->kept <= s->out_end - s->out) {
        unsigned kind = redact_kind(*s->pos);
        if (s->word && !(kind & KIND_BLANK) && redact_starts_word(s, s->pos) && redact_word(s))
            continue;
        if (kind & KIND_NAME)
            take_run(s);
        else if (redact_starts(s->pos, "://"))
            take_url(s);
        else
            take_other(s);
    }
    redact_put(s, s->kept, s->end);
}
