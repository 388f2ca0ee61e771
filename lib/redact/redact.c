/* SPDX-License-Identifier: MIT */
/* The redactor's two entry points: a command line, argument by argument, and free text. Most arguments contain no secret and are
 * copied after one pass. */
#include "redact/redact.h"

#include "redact/redact_parts.h"

void redact_init(struct redactor *r, const char *rules)
{
    *r = (struct redactor){.rules = rules ? rules : ""};
    for (const char *at = r->rules; *at; at++)
        if ((signed char)*at < 0)
            r->rules = ""; /* no name contains such a byte, and in a list it ends a word */
}

#define LAST_OF_NAME 'd'    /* KIND_JOINT, as redact_kinds has it */
#define LAST_OF_SUSPECT 'h' /* KIND_EQUALS */

/* Whether an argument may contain a secret: only if it has '=', ':' or several words, or is long enough for a token. Performance
 * matters: this examines every character of every argument. */
static bool is_suspect(const char *from, const char *to)
{
    for (int run = 0; from < to; from++) {
        char kind = (signed char)*from < 0 ? 'z' : redact_kinds[(unsigned char)*from];
        if (kind > LAST_OF_SUSPECT)
            run = 0;
        else if (kind > LAST_OF_NAME || ++run == REDACT_TOKEN_LEAST)
            return true;
    }
    return false;
}

size_t redact_arg(struct redactor *r, const char *arg, size_t len, char *out, size_t room)
{
    struct redactor inside = {.rules = r->rules};
    struct scan s = {.in = arg, .end = arg + len, .pos = arg, .kept = arg, .out = out, .out_end = out + room, .r = r};
    bool is_text = r->next == NEXT_TEXT;
    if (!redact_word(&s) && !is_suspect(arg, s.end))
        s.pos = s.end;
    s.r = &inside;
    s.argument = !is_text;
    if (is_text || redact_skip(s.pos, s.end, ~KIND_BLANK) < s.end)
        s.word = VALUE_WORD;
    redact_scan(&s);
    r->cut |= s.cut;
    return (size_t)(s.out - out);
}

size_t redact_text(const char *rules, const char *text, size_t len, char *out, size_t room)
{
    struct redactor r;
    struct scan s = {.in = text,
                     .end = text + len,
                     .pos = text,
                     .kept = text,
                     .out = out,
                     .out_end = out + room,
                     .r = &r,
                     .word = VALUE_WORD};
    redact_init(&r, rules);
    redact_scan(&s);
    return (size_t)(s.out - out);
}
