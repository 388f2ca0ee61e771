/* SPDX-License-Identifier: MIT */
/* The redactor's two ways in: a command line, argument by argument, and free text. Most arguments hold
 * nothing and are copied after one look. */
#include "base/redact.h"

#include "base/redact_parts.h"

void redact_init(struct redactor *r, const char *program, size_t len)
{
    size_t skip = len && program[0] == '-'; /* a login shell's */
    *r = (struct redactor){.program = redact_next_program(0, program + skip, len - skip)};
}

/* What one look over an argument tells. */
struct glance {
    bool blank;   /* it is text */
    bool suspect; /* it holds something that may be part of a secret */
};

/* Secrets come with '=' or ':', or they are tokens, and those are long. */
static struct glance glance_over(const char *arg, size_t len)
{
    static const uint64_t blanks = REDACT_BIT(' ') | REDACT_BIT('\t') | REDACT_BIT('\n') | REDACT_BIT('\r');
    static const uint64_t signs = REDACT_BIT('=') | REDACT_BIT(':');
    size_t run = 0, longest = 0;
    uint64_t seen = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)arg[i];
        seen |= c < 64 ? UINT64_C(1) << c : 0;
        run = redact_is_name((char)c) ? run + 1 : 0;
        longest = MAX(longest, run);
    }
    return (struct glance){seen & blanks, (seen & (blanks | signs)) || longest >= REDACT_TOKEN_LEAST};
}

/* The argument that an option announced. False when it is nothing to hide, and to be taken as any other. */
static bool take_announced(struct scan *s, uint8_t next, enum secret_kind kind)
{
    if (next == WORD_NEXT_USER)
        return redact_hide_user(s, 0, s->len);
    bool option = s->len > 2 && s->in[0] == '-' && s->in[1] == '-';
    if (next != WORD_NEXT || option || redact_value_is_plain(kind, s->in, s->len))
        return false;
    redact_hide(s, 0, s->len);
    return true;
}

/* What the argument says of itself and of the next one. */
static void take_meaning(struct redactor *r, struct scan *s)
{
    struct word_meaning m = redact_meaning(r->program, s->in, s->len);
    switch (m.effect) {
    case WORD_REST:
        if (!redact_value_is_plain(m.kind, s->in + m.offset, s->len - m.offset))
            redact_hide(s, m.offset, s->len);
        break;
    case WORD_REST_USER:
        redact_hide_user(s, m.offset, s->len);
        break;
    default:
        r->next = (uint8_t)m.effect;
        r->kind = (uint8_t)m.kind;
    }
    if (s->len && s->in[0] != '-')
        r->program = redact_next_program(r->program, s->in, s->len);
}

size_t redact_arg(struct redactor *r, const char *arg, size_t len, char *out, size_t room)
{
    struct scan s = {.in = arg, .len = len, .out = out, .room = room};
    uint8_t next = r->next;
    r->next = WORD_PLAIN;
    if (!take_announced(&s, next, (enum secret_kind)r->kind)) {
        struct glance seen = glance_over(arg, len);
        take_meaning(r, &s);
        s.text = seen.blank || next == WORD_NEXT_TEXT;
        s.argument = next != WORD_NEXT_TEXT;
        if (seen.suspect)
            redact_scan(&s);
    }
    redact_finish(&s);
    r->cut |= s.cut;
    return s.used;
}

size_t redact_text(const char *text, size_t len, char *out, size_t room)
{
    struct scan s = {.in = text, .len = len, .out = out, .room = room, .text = true};
    redact_scan(&s);
    return redact_finish(&s);
}
