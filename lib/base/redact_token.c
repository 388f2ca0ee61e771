/* SPDX-License-Identifier: MIT */
/* Texts that are secrets by their form, whatever stands before them: issuers' tokens, JWTs and PEM blocks. */
#include "base/redact_parts.h"

/* Which characters follow a token's prefix. */
enum tail {
    TAIL_ALNUM,  /* letters and digits */
    TAIL_WORD,   /* and "_" */
    TAIL_NAME,   /* and "-" and "." */
    TAIL_AWS_ID, /* capitals and digits, exactly as many as given */
};

struct token_form {
    char prefix[13];
    uint8_t len;
    uint8_t least; /* characters behind the prefix */
    uint8_t tail;
};

/* clang-format off */
#define FORM(prefix, least, tail) {prefix, sizeof prefix - 1, least, tail}
/* clang-format on */

static const struct token_form forms[] = {
    FORM("AKIA", 16, TAIL_AWS_ID),    FORM("ASIA", 16, TAIL_AWS_ID),      FORM("ghp_", 20, TAIL_WORD),
    FORM("gho_", 20, TAIL_WORD),      FORM("ghs_", 20, TAIL_WORD),        FORM("ghu_", 20, TAIL_WORD),
    FORM("ghr_", 20, TAIL_WORD),      FORM("github_pat_", 20, TAIL_WORD), FORM("glpat-", 16, TAIL_NAME),
    FORM("glrt-", 16, TAIL_NAME),     FORM("gldt-", 16, TAIL_NAME),       FORM("xoxa-", 10, TAIL_NAME),
    FORM("xoxb-", 10, TAIL_NAME),     FORM("xoxp-", 10, TAIL_NAME),       FORM("xoxr-", 10, TAIL_NAME),
    FORM("xoxs-", 10, TAIL_NAME),     FORM("xapp-", 10, TAIL_NAME),       FORM("npm_", 30, TAIL_ALNUM),
    FORM("pypi-AgE", 20, TAIL_NAME),  FORM("dckr_pat_", 20, TAIL_NAME),   FORM("AIza", 35, TAIL_NAME),
    FORM("ya29.", 20, TAIL_NAME),     FORM("hvs.", 20, TAIL_NAME),        FORM("sk_live_", 16, TAIL_ALNUM),
    FORM("rk_live_", 16, TAIL_ALNUM), FORM("dop_v1_", 32, TAIL_ALNUM),    FORM("SG.", 40, TAIL_NAME),
};

static bool in_tail(enum tail tail, char c)
{
    switch (tail) {
    case TAIL_ALNUM:
        return redact_is_alnum(c);
    case TAIL_WORD:
        return redact_is_alnum(c) || c == '_';
    case TAIL_AWS_ID:
        return redact_is_alnum(c) && (c < 'a' || c > 'z');
    default:
        return redact_is_name(c);
    }
}

static bool starts_with(const char *text, size_t len, const char *prefix, size_t prefix_len)
{
    size_t i = 0;
    if (len < prefix_len)
        return false;
    while (i < prefix_len && text[i] == prefix[i])
        i++;
    return i == prefix_len;
}

/* The length of the token of that form which the text starts with, or 0. */
static size_t form_length(const struct token_form *form, const char *text, size_t len)
{
    if (!starts_with(text, len, form->prefix, form->len))
        return 0;
    size_t end = form->len;
    while (end < len && in_tail((enum tail)form->tail, text[end]))
        end++;
    size_t tail = end - form->len;
    if (form->tail == TAIL_AWS_ID)
        return tail == form->least && (end == len || !redact_is_alnum(text[end])) ? end : 0;
    return tail >= form->least ? end : 0;
}

/* Three parts with dots between them, of which the first is JSON in base64 from its brace on. */
static size_t jwt_length(const char *text, size_t len)
{
    size_t dots = 0, first = 0, second = 0;
    if (!starts_with(text, len, "eyJ", 3))
        return 0;
    for (size_t i = 0; i < len; i++) {
        dots += text[i] == '.';
        first += !dots;
        second += dots == 1;
    }
    return dots >= 2 && first >= 16 && second >= 4 ? len : 0;
}

/* The letters that some form starts with. */
static bool may_start(char c)
{
    return redact_in_set((unsigned char)c, 0,
                         REDACT_BIT('A') | REDACT_BIT('S') | REDACT_BIT('d') | REDACT_BIT('g') |
                             REDACT_BIT('h') | REDACT_BIT('n') | REDACT_BIT('p') | REDACT_BIT('r') |
                             REDACT_BIT('s') | REDACT_BIT('x') | REDACT_BIT('y'));
}

static size_t token_length(const char *text, size_t len)
{
    size_t found = 0;
    for (size_t i = 0; may_start(*text) && !found && i < ARRAY_LEN(forms); i++)
        found = form_length(&forms[i], text, len);
    return found;
}

/* What is not base64, between `from` and the end: line breaks, and "\n" as two characters. */
static size_t skip_line_break(const char *in, size_t len, size_t from)
{
    while (from < len && (redact_is_blank(in[from]) || in[from] == '\\'))
        from += in[from] == '\\' && from + 1 < len ? 2 : 1;
    return from;
}

/* Where the head line "-----BEGIN ...-----" at `from` ends, or 0 when there is none. */
static size_t pem_head_end(const char *in, size_t len, size_t from)
{
    static const char begin[] = "-----BEGIN ";
    if (!starts_with(in + from, len - from, begin, sizeof begin - 1))
        return 0;
    size_t i = from + sizeof begin - 1, limit = MIN(len, i + 64);
    while (i < limit && ((in[i] >= 'A' && in[i] <= 'Z') || in[i] == ' '))
        i++;
    return starts_with(in + i, len - i, "-----", 5) ? i + 5 : 0;
}

/* The end of the block whose contents start at `body`: behind its last line, or of everything. */
static size_t pem_end(const char *in, size_t len, size_t body)
{
    static const char end[] = "-----END ";
    for (size_t i = body; i < len; i++) {
        if (in[i] != '-' || !starts_with(in + i, len - i, end, sizeof end - 1))
            continue;
        i += sizeof end - 1;
        while (i < len && !starts_with(in + i, len - i, "-----", 5))
            i++;
        return MIN(len, i + 5);
    }
    return len;
}

/* A head line alone is no secret: somebody searches for it. */
static bool find_pem(const char *in, size_t len, size_t from, struct stretch *found)
{
    size_t head_end = pem_head_end(in, len, from);
    if (!head_end)
        return false;
    size_t body = skip_line_break(in, len, head_end), i = body;
    while (i < len && i < body + 8 &&
           (redact_is_alnum(in[i]) || in[i] == '+' || in[i] == '/' || in[i] == '-'))
        i++;
    if (i < body + 8)
        return false;
    *found = (struct stretch){from, pem_end(in, len, body)};
    return true;
}

bool redact_token(const char *in, size_t len, struct stretch run, struct stretch *found)
{
    if (in[run.from] == '-' && find_pem(in, len, run.from, found))
        return true;
    size_t at = run.from, length = jwt_length(in + at, run.to - at);
    while (!length && at + REDACT_TOKEN_LEAST <= run.to) {
        if (at == run.from || !redact_is_alnum(in[at - 1]))
            length = token_length(in + at, run.to - at);
        at += !length;
    }
    *found = (struct stretch){at, at + length};
    return length > 0;
}
