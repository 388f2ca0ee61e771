/* SPDX-License-Identifier: MIT */
/* The words of a command line: what an option's name or the program says about its argument, and what the preceding word says about
 * this one. */
#include "redact/redact_parts.h"

static const char letters[] = "pPwaku", other_letters[] = "pPwaKU";

static bool is_letter_of(const struct redactor *r, char c)
{
    uint8_t letter = r->program & PROGRAM_LETTER;
    return r->program && (c == letters[letter] || c == other_letters[letter]);
}

/* Of the programs that are known; "7" is taken for "w". */
#define LETTER(c) (1U << ((c)&31))
#define FIRST_LETTERS                                                                                                \
    (LETTER('m') | LETTER('l') | LETTER('s') | LETTER('c') | LETTER('r') | LETTER('o') | LETTER('b') | LETTER('i') | \
     LETTER('z') | LETTER('u') | LETTER('7'))

/* Detect the program to which the following words belong, by its name or path. No known program has a dot in its name, but most
 * files do. */
static void note_program(struct redactor *r, const char *from, const char *to)
{
    const char *name = to;
    if (r->program && !(r->program & PROGRAM_RUNS))
        return;
    r->program = 0;
    while (name > from && name[-1] != '/')
        if (*--name == '.')
            return;
    if (FIRST_LETTERS >> (*name & 31) & 1)
        r->program = redact_find(redact_programs, name, to).class;
}

/* Whether the word consists of combined short options, such as "-sSu". */
static bool is_cluster(const char *from, const char *to)
{
    return to - from < 8 && redact_skip(from + 1, to, KIND_UPPER | KIND_LOWER) == to;
}

/* curl's -u, -sSu, --user and the corresponding options for a proxy. */
static bool take_user(struct scan *s, const char *from, const char *to)
{
    const char *value = redact_starts(from, "--user");
    value = value ? value : redact_starts(from, "--proxy-user");
    if (!value && from[1] != '-') {
        for (value = from + 1; value < to && !is_letter_of(s->r, *value); value++)
            if (!(redact_kind(*value) & KIND_LETTER))
                return false;
        value++;
    }
    if (value == to)
        s->r->next = NEXT_USER;
    if (!value || value >= to || redact_skip(value, to, ~KIND_COLON) == to)
        return false;
    redact_find_value(s, s->word, value + (*value == '='), s->end);
    return redact_hide_user(s);
}

/* An option that takes a secret for this program only. */
static bool take_program_option(struct scan *s, const char *from, const char *to)
{
    uint8_t form = s->r->program & PROGRAM_FORM;
    if (form == PROGRAM_USER)
        return take_user(s, from, to);
    if (!is_letter_of(s->r, from[1]))
        return false;
    if (to > from + 2)
        return form != PROGRAM_NEXT && redact_hide_value(s, SECRET_OPTION, s->word, from + 2);
    if (form != PROGRAM_GLUED)
        s->r->next = SECRET_OPTION;
    return false;
}

/* A name that is a word by itself, with its value in the next word. */
static void take_name(struct scan *s, const char *from, const char *to)
{
    enum secret_kind kind = redact_name(s->r, from, to);
    if (kind && redact_skip(from, to, KIND_NAME) == to && !redact_is_switch(from, to))
        s->r->next = (uint8_t)kind;
}

static bool take_option(struct scan *s, const char *from, const char *to)
{
    if (take_program_option(s, from, to))
        return true;
    const char *name = from + 1 + (from[1] == '-');
    if (s->r->next || (from[1] == 'D' && redact_kind(from[2]) & KIND_UPPER))
        return false; /* -DNAME takes no word */
    if (redact_starts(from, "--arg") == to || redact_starts(from, "--header") == to ||
        (to - from == 2 && from[1] == 'H'))
        s->r->next = NEXT_NAME; /* jq's --arg NAME X; --header NAME X */
    /* -c, -lc, -exc: what follows is a command line. So is what follows a compiler's -c, as far as that
     * matters. */
    if (to[-1] == 'c' && to - from <= 4 && is_cluster(from, to))
        s->r->next = NEXT_TEXT;
    else if (!s->r->next && to > name + !*s->r->rules)
        take_name(s, name, to);
    return false;
}

/* "Authorization:" and "X-Some-Key:", whose value is the next argument. */
static void take_header(struct scan *s, const char *from, const char *to)
{
    if (s->word || from == to || to[-1] != ':' || !(redact_kind(*from) & KIND_UPPER))
        return;
    take_name(s, from, to - 1);
    if (s->r->next && s->r->next != SECRET_HEADER)
        s->r->next = redact_skip(from, to, KIND_ALNUM) < to - 1 ? SECRET_ANY : SECRET_NOT;
}

/* A word that is not an option. After "set" come a name and its value as separate words: `aws configure set aws_session_token X`,
 * `npm config set //registry/:_authToken X`, `dtrack-mark set NAME X`. */
static void take_plain(struct scan *s, const char *from, const char *to, uint8_t announced)
{
    note_program(s->r, from, to);
    take_header(s, from, to);
    const char *verb = to - from > 4 && to[-4] == ':' ? to - 3 : from; /* heroku's config:set */
    if (redact_starts(verb, "set") == to || redact_starts(from, "event") == to)
        s->r->next = NEXT_NAME;
    if (announced != NEXT_NAME)
        return;
    const char *name = to;
    while (name > from && name[-1] != ':')
        name--;
    take_name(s, name, to);
}

/* A word for which the preceding word has set this kind. */
static bool take_announced(struct scan *s, uint8_t kind)
{
    const char *from = s->pos, *dashes = redact_starts(from, "--");
    if (kind == NEXT_USER) {
        redact_find_value(s, s->word, from, s->end);
        return redact_hide_user(s);
    }
    if (kind >= NEXT_NAME || (dashes && dashes < s->end) || (kind == SECRET_QUOTED && !redact_is_open_quote(s, from)))
        return false;
    return redact_hide_value(s, (enum secret_kind)kind, s->word, from);
}

bool redact_word(struct scan *s)
{
    uint8_t announced = s->r->next;
    s->r->next = SECRET_NOT;
    if (announced && take_announced(s, announced))
        return true;
    const char *from = s->pos, *to = s->end;
    if (s->word)
        to = redact_value_end(s, VALUE_WORD, from, MIN(s->end, from + REDACT_JUDGED_MAX));
    if (announced == NEXT_NAME && to - from == 2 && redact_starts(from, "--")) {
        s->r->next = NEXT_NAME; /* the name is still to come: dtrack-mark set -- NAME X */
        return false;
    }
    if (to - from >= 2 && *from == '-')
        return take_option(s, from, to);
    take_plain(s, from, to, announced);
    return false;
}
