/* SPDX-License-Identifier: MIT */
/* Copies text, and replaces secrets by stars. */
#include "redact/redact_parts.h"

#include <string.h>

void redact_put(struct scan *s, const char *from, const char *to)
{
    if (to <= from)
        return;
    size_t len = (size_t)(to - from), fits = MIN(len, (size_t)(s->out_end - s->out));
    memcpy(s->out, from, fits);
    s->out += fits;
    s->cut |= fits < len;
}

bool redact_hide(struct scan *s)
{
    static const char stars[] = "***";
    redact_put(s, s->kept, s->from);
    redact_put(s, stars, stars + 3);
    s->kept = s->to;
    s->pos = s->after;
    return true;
}

bool redact_hide_user(struct scan *s)
{
    const char *from = s->from, *to = s->to, *after = s->after, *colon = redact_skip(from, to, ~KIND_COLON);
    if (colon + 1 >= to || redact_starts(colon, "://") || redact_is_reference(s, colon + 1, to))
        return false;
    /* some services take a token as the user name */
    bool user_too = redact_token(s, from, colon) || redact_looks_random(from, colon);
    s->from = user_too ? from : colon + 1;
    s->to = to;
    s->after = after;
    return redact_hide(s);
}

bool redact_hide_value(struct scan *s, enum secret_kind kind, unsigned shape, const char *from)
{
    redact_find_value(s, shape, from, MIN(s->end, from + REDACT_JUDGED_MAX));
    if (redact_is_plain(s, kind))
        return false;
    redact_find_value(s, shape, from, s->end);
    return redact_hide(s);
}
