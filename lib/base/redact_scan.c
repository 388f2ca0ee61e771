/* SPDX-License-Identifier: MIT */
/* Finds secrets in a text and copies the rest: names with their values, URLs, tokens, options with the word
 * behind them. Every place is looked at a bounded number of times, so that the time is linear in what is
 * read. */
#include "base/redact_parts.h"

#include <string.h>

#define JUDGED_MAX ((size_t)128) /* bytes of a value, or before a name, that are looked at to judge it */

static void put(struct scan *s, const char *bytes, size_t len)
{
    size_t fits = MIN(len, s->room - s->used);
    if (fits)
        memcpy(s->out + s->used, bytes, fits);
    s->used += fits;
    s->cut |= fits < len;
}

void redact_hide(struct scan *s, size_t from, size_t to)
{
    put(s, s->in + s->kept, from - s->kept);
    put(s, "***", 3);
    s->kept = s->pos = to;
}

size_t redact_finish(struct scan *s)
{
    put(s, s->in + s->kept, s->len - s->kept);
    s->kept = s->pos = s->len;
    return s->used;
}

static bool looks_at(const struct scan *s, size_t from, const char *text, size_t len)
{
    size_t i = 0;
    while (i < len && redact_peek(s, from + i) == text[i])
        i++;
    return i == len;
}

void redact_hide_user(struct scan *s, size_t from, size_t to)
{
    size_t colon = from;
    while (colon < to && s->in[colon] != ':')
        colon++;
    if (colon + 1 < to && !looks_at(s, colon, "://", 3))
        redact_hide(s, colon + 1, to);
    else
        s->pos = to;
}

/* Hide the value from `from` on, unless it is plain. False when nothing was hidden. */
static bool hide_value(struct scan *s, enum secret_kind kind, enum value_shape shape, size_t from)
{
    size_t limit = kind == SECRET_ANY ? s->len : MIN(s->len, from + JUDGED_MAX);
    struct value v = redact_find_value(s, shape, from, limit);
    if (redact_value_is_plain(kind, s->in + v.is.from, v.is.to - v.is.from))
        return false;
    if (kind != SECRET_ANY)
        v = redact_find_value(s, shape, from, s->len);
    redact_hide(s, v.is.from, v.is.to);
    s->pos = v.behind;
    return true;
}

/* What stands between a name and its value. */
struct separator {
    char sign;    /* '=' or ':', or 0 */
    bool quoted;  /* the name was in quotes */
    bool spaced;  /* blanks follow */
    size_t value; /* where the value starts */
};

static struct separator find_separator(const struct scan *s, size_t name_end)
{
    size_t quote = name_end + (redact_peek(s, name_end) == '\\');
    bool quoted = quote < s->len && redact_is_quote(s->in[quote]);
    size_t behind = quoted ? quote + 1 : name_end, sign = redact_skip_spaces(s, behind);
    struct separator sep = {.sign = redact_peek(s, sign), .quoted = quoted, .value = sign + 1};
    if ((sep.sign != '=' && sep.sign != ':') || looks_at(s, sign, "://", 3) || looks_at(s, sign, "::", 2))
        return (struct separator){0};
    if (redact_peek(s, sep.value) == '=' || redact_peek(s, sep.value) == '>')
        sep.value++; /* ==, :=, => */
    sep.spaced = redact_peek(s, sep.value) == ' ' || redact_peek(s, sep.value) == '\t';
    if (sep.sign == ':' || sign > behind)
        sep.value = redact_skip_spaces(s, sep.value);
    return sep;
}

static bool ends_with(const char *name, size_t len, const char *small, size_t small_len)
{
    size_t i = 0;
    if (len < small_len)
        return false;
    while (i < small_len && redact_lower(name[len - small_len + i]) == small[i])
        i++;
    return i == small_len;
}

static bool is_header(const struct secret_name *n, const char *name, size_t len)
{
    return n->is_header || ends_with(name, len, "authorization", 13);
}

/* Whether nothing stands before `start` but names and '=': what is assigned there is the rest of the
 * argument. */
static bool leads(const struct scan *s, size_t start)
{
    if (!s->argument || start > JUDGED_MAX)
        return false;
    for (size_t i = 0; i < start; i++) {
        if (!redact_is_name(s->in[i]) && s->in[i] != '=')
            return false;
    }
    return true;
}

static enum value_shape shape_of(const struct scan *s, size_t start, const struct separator *sep)
{
    char before = start ? s->in[start - 1] : '\0';
    if (before == '?' || before == '&')
        return VALUE_QUERY;
    if (before == ';' || (before == ' ' && start > 1 && s->in[start - 2] == ';'))
        return VALUE_FIELD;
    if (before == ',')
        return VALUE_ITEM;
    if (leads(s, start))
        return sep->sign == ':' ? VALUE_LINE : VALUE_REST;
    if (sep->sign == ':')
        return VALUE_MAPPING;
    return s->text ? VALUE_WORD : VALUE_REST;
}

/* Where the name in a run starts: behind its dashes, and behind the D of -Dname=value. */
static size_t name_start(const struct scan *s, struct stretch run)
{
    size_t from = run.from;
    while (from < run.to && s->in[from] == '-')
        from++;
    if (from == run.from + 1 && redact_peek(s, from) == 'D' && from + 1 < run.to)
        from++;
    return from;
}

/* "name: value" is common in prose and code; only some names, and some ways to write it, are taken seriously.
 */
static bool colon_counts(const struct scan *s, struct stretch run, const struct separator *sep,
                         enum secret_kind kind)
{
    if (kind == SECRET_PASS)
        return run.from == 0 && !sep->spaced; /* openssl's pass:X */
    return (kind == SECRET_ANY || kind == SECRET_CREDENTIAL) && (sep->quoted || sep->spaced) &&
           redact_peek(s, sep->value) != '{' && redact_peek(s, sep->value) != '[';
}

/* A signature in a URL is one, however short. */
static bool is_query_signature(const struct scan *s, struct stretch run, const struct separator *sep)
{
    char before = run.from ? s->in[run.from - 1] : '\0';
    return sep->sign == '=' && (before == '?' || before == '&') &&
           ends_with(s->in + run.from, run.to - run.from, "sig", 3);
}

/* NAME=VALUE, name: value, "name": "value", Header: value. False when it is none, or no secret. */
static bool hide_assignment(struct scan *s, struct stretch run)
{
    struct separator sep = find_separator(s, run.to);
    size_t from = name_start(s, run), len = run.to - from;
    if (!sep.sign || !len)
        return false;
    struct secret_name n = redact_name(s->in + from, len);
    bool header =
        sep.sign == ':' && (is_header(&n, s->in + from, len) || ends_with(s->in + from, len, "cookie", 6));
    if (is_query_signature(s, run, &sep))
        n.kind = SECRET_ANY;
    if (!header && (!n.kind || (sep.sign == ':' && !colon_counts(s, run, &sep, n.kind))))
        return false;
    if (sep.quoted && s->quote == s->in[run.to])
        s->quote = '\0';
    return hide_value(s, header ? SECRET_ANY : n.kind, header ? VALUE_LINE : shape_of(s, run.from, &sep),
                      sep.value);
}

static bool run_is(const struct scan *s, struct stretch run, const char *small, size_t len)
{
    return run.to - run.from == len && ends_with(s->in + run.from, len, small, len);
}

/* The word behind a scheme: "Bearer X". In small letters the word is also English. */
static bool hide_bearer(struct scan *s, struct stretch run)
{
    size_t from = redact_skip_spaces(s, run.to);
    if (from == run.to || !run_is(s, run, "bearer", 6))
        return false;
    size_t end = redact_value_end(s, VALUE_MAPPING, from, s->len);
    if (end == from || (s->in[run.from] == 'b' && end - from < 16))
        return false;
    redact_hide(s, from, end);
    return true;
}

/* PASSWORD 'X' and IDENTIFIED BY 'X', as in SQL. */
static bool hide_quoted(struct scan *s, struct stretch run)
{
    size_t from = redact_skip_spaces(s, run.to);
    if (from == run.to || !redact_is_open_quote(s, from))
        return false;
    bool by = run_is(s, run, "by", 2) && run.from && ends_with(s->in, run.from - 1, "identified", 10);
    if (!by && redact_name(s->in + run.from, run.to - run.from).kind != SECRET_ANY)
        return false;
    return hide_value(s, SECRET_ANY, VALUE_WORD, from);
}

static bool starts_word(const struct scan *s, size_t from)
{
    char before = from ? s->in[from - 1] : ' ';
    return redact_is_blank(before) || redact_is_quote(before) || redact_is_meta(before);
}

/* The word behind the one that ends at `end`, if it can be a value. */
static bool find_next_word(const struct scan *s, size_t end, struct value *out)
{
    size_t from = redact_skip_spaces(s, end);
    *out = redact_find_value(s, VALUE_WORD, from, s->len);
    return from > end && out->is.to > out->is.from && !looks_at(s, out->is.from, "--", 2);
}

/* The word that starts with the run, as far as it matters for its meaning: to its end, or to `most` bytes. */
static size_t word_end(const struct scan *s, struct stretch run, size_t most)
{
    return MAX(run.to, redact_value_end(s, VALUE_WORD, run.from, MIN(s->len, run.from + most)));
}

static bool hide_next_word(struct scan *s, struct word_meaning m, size_t end)
{
    struct value next;
    if ((m.effect != WORD_NEXT && m.effect != WORD_NEXT_USER) || !find_next_word(s, end, &next))
        return false;
    if (m.effect == WORD_NEXT_USER)
        redact_hide_user(s, next.is.from, next.is.to);
    else if (!redact_value_is_plain(m.kind, s->in + next.is.from, next.is.to - next.is.from))
        redact_hide(s, next.is.from, next.is.to);
    else
        return false;
    s->pos = next.behind;
    return true;
}

/* Take a word as the option it may be, with the word behind it. False when it is of no interest. */
static bool hide_option(struct scan *s, struct stretch run)
{
    size_t end = s->in[run.from] == '-' ? word_end(s, run, JUDGED_MAX) : run.to;
    struct word_meaning m = redact_meaning(s->program, s->in + run.from, end - run.from);
    if (m.effect != WORD_REST && m.effect != WORD_REST_USER)
        return hide_next_word(s, m, end);
    size_t from = run.from + m.offset;
    end = word_end(s, run, s->len);
    if (m.effect == WORD_REST_USER)
        redact_hide_user(s, from, end);
    else if (redact_value_is_plain(m.kind, s->in + from, end - from))
        return false;
    else
        redact_hide(s, from, end);
    return true;
}

/* Notice which program the words to come are given to. */
static void note_program(struct scan *s, struct stretch run)
{
    char behind = run.to < s->len ? s->in[run.to] : ' ';
    if (redact_is_blank(behind) || redact_is_quote(behind))
        s->program = redact_next_program(s->program, s->in + run.from, run.to - run.from);
}

/* A run of name characters: a token, a name with its value, an option, a program. */
static void take_run(struct scan *s)
{
    struct stretch run = {s->pos, s->pos}, token;
    while (run.to < s->len && redact_is_name(s->in[run.to]))
        run.to++;
    s->pos = run.to;
    if (redact_token(s->in, s->len, run, &token)) {
        redact_hide(s, token.from, token.to);
        return;
    }
    if (hide_assignment(s, run) || !s->text || hide_bearer(s, run) || hide_quoted(s, run))
        return;
    bool word = starts_word(s, run.from);
    if (word && hide_option(s, run))
        return;
    if (s->in[run.from] != '-' && (word || s->in[run.from - 1] == '/'))
        note_program(s, run);
}

/* The place of the '@' that ends user:password from `from` on, or 0. A password may hold '@' and, by mistake,
 * also '/'; what looks like host:port ends the search. */
static size_t userinfo_end(const struct scan *s, size_t from)
{
    size_t found = 0, limit = MIN(s->len, from + 2 * JUDGED_MAX);
    bool colon = false, port = false;
    for (size_t i = from; i < limit; i++) {
        char c = s->in[i];
        if (redact_is_blank(c) || redact_is_quote(c) || c == '<' || c == '>' || c == '?' || c == '#')
            break;
        if (c == '/' && (found || !colon || port))
            break;
        port = c == ':' || (port && c >= '0' && c <= '9');
        colon |= c == ':';
        if (c == '@')
            found = i;
    }
    return found;
}

/* scheme://user:password@host, and scheme://TOKEN@host. */
static void take_url(struct scan *s)
{
    size_t from = s->pos + 3, to = userinfo_end(s, from), colon = from;
    s->pos = from;
    while (colon < to && s->in[colon] != ':')
        colon++;
    if (colon + 1 < to)
        redact_hide(s, colon + 1, to);
    else if (to && colon == to && redact_looks_random(s->in + from, to - from))
        redact_hide(s, from, to);
}

static void take_other(struct scan *s)
{
    bool inside = s->pos && redact_is_alnum(s->in[s->pos - 1]); /* as in "can't" */
    char c = s->in[s->pos++];
    if (redact_is_quote(c) && (s->quote ? s->quote == c : !inside))
        s->quote = s->quote ? '\0' : c;
    else if (c == ';' || c == '|' || c == '&' || c == '\n')
        s->program = 0;
}

void redact_scan(struct scan *s)
{
    /* what is plain beyond the room left will not be written, so it need not be read */
    while (s->pos < s->len && !s->cut && s->pos - s->kept <= s->room - s->used) {
        if (redact_is_name(s->in[s->pos]))
            take_run(s);
        else if (looks_at(s, s->pos, "://", 3))
            take_url(s);
        else
            take_other(s);
    }
}
