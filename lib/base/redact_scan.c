/* SPDX-License-Identifier: MIT */
/* Finds secrets in a text and copies the rest: names with their values, URLs, tokens, options with the word
 * behind them. Every place is looked at a bounded number of times, so that the time is linear in what is
 * read. */
#include "base/redact_parts.h"

#include <string.h>

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

/* Hide the password behind the ':' at `colon`; with it the user before, when that is a token: some services
 * take one there. */
static void hide_password(struct scan *s, size_t from, size_t colon, size_t to)
{
    struct stretch token;
    bool user_too = colon > from && redact_token(s->in, s->len, (struct stretch){from, colon}, &token);
    user_too |= redact_looks_random(s->in + from, colon - from);
    redact_hide(s, user_too ? from : colon + 1, to);
}

/* The place of the first ':' between `from` and `to`, or `to`. */
static size_t find_colon(const struct scan *s, size_t from, size_t to)
{
    while (from < to && s->in[from] != ':')
        from++;
    return from;
}

bool redact_hide_user(struct scan *s, size_t from, size_t to)
{
    size_t colon = find_colon(s, from, to);
    if (colon + 1 >= to || redact_looks_at(s, colon, "://", 3))
        return false;
    hide_password(s, from, colon, to);
    return true;
}

static bool run_is(const struct scan *s, struct stretch run, const char *small, size_t len)
{
    return run.to - run.from == len && redact_ends_with(s->in + run.from, len, small, len);
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
    bool by = run_is(s, run, "by", 2) && run.from && redact_ends_with(s->in, run.from - 1, "identified", 10);
    if (!by && !run_is(s, run, "password", 8))
        return false;
    return redact_hide_value(s, SECRET_ANY, VALUE_WORD, from);
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
    return from > end && out->is.to > out->is.from && !redact_looks_at(s, out->is.from, "--", 2);
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
    size_t from = next.is.from, to = next.is.to;
    bool hidden_user = m.effect == WORD_NEXT_USER && redact_hide_user(s, from, to);
    if (m.effect == WORD_NEXT && !redact_value_is_plain(m.kind, s->in + from, to - from))
        redact_hide(s, from, to);
    else if (!hidden_user)
        return false;
    s->pos = next.behind;
    return true;
}

/* Take a word as the option it may be, with the word behind it. False when it is of no interest. */
static bool hide_option(struct scan *s, struct stretch run)
{
    size_t end = s->in[run.from] == '-' ? word_end(s, run, REDACT_JUDGED_MAX) : run.to;
    struct word_meaning m = redact_meaning(s->program, s->in + run.from, end - run.from);
    if (m.effect != WORD_REST && m.effect != WORD_REST_USER)
        return hide_next_word(s, m, end);
    size_t from = run.from + m.offset;
    bool user = m.effect == WORD_REST_USER;
    if (user ? find_colon(s, from, end) == end : redact_value_is_plain(m.kind, s->in + from, end - from))
        return false;
    end = word_end(s, run, s->len);
    if (user)
        return redact_hide_user(s, from, end);
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
    if (redact_hide_assignment(s, run) || !s->text || hide_bearer(s, run) || hide_quoted(s, run))
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
    size_t found = 0, limit = MIN(s->len, from + 4 * REDACT_JUDGED_MAX);
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
    size_t from = s->pos + 3, to = userinfo_end(s, from), colon = find_colon(s, from, to);
    s->pos = from;
    if (colon + 1 < to)
        hide_password(s, from, colon, to);
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
        else if (redact_looks_at(s, s->pos, "://", 3))
            take_url(s);
        else
            take_other(s);
    }
}
