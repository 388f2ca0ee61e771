/* SPDX-License-Identifier: MIT */
/* Names with their values: which of them hold a secret, and in what shape. */
#include "base/redact_parts.h"

bool redact_hide_value(struct scan *s, enum secret_kind kind, enum value_shape shape, size_t from)
{
    size_t limit = kind == SECRET_ANY ? s->len : MIN(s->len, from + REDACT_JUDGED_MAX);
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
    if ((sep.sign != '=' && sep.sign != ':') || redact_looks_at(s, sign, "://", 3) ||
        redact_looks_at(s, sign, "::", 2))
        return (struct separator){0};
    if (redact_peek(s, sep.value) == '=' || redact_peek(s, sep.value) == '>')
        sep.value++; /* ==, :=, => */
    sep.spaced = redact_peek(s, sep.value) == ' ' || redact_peek(s, sep.value) == '\t';
    if (sep.sign == ':' || sign > behind)
        sep.value = redact_skip_spaces(s, sep.value);
    return sep;
}

static bool is_header(const struct secret_name *n, const char *name, size_t len)
{
    return n->is_header || redact_ends_with(name, len, "authorization", 13);
}

/* Whether nothing stands before `start` but names and '=': then all the rest is the value. */
static bool leads(const struct scan *s, size_t start)
{
    if (!s->argument || start > REDACT_JUDGED_MAX)
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

/* "name: value" is common in prose and code; only some names, and some ways to write it, count. */
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
           redact_ends_with(s->in + run.from, run.to - run.from, "sig", 3);
}

bool redact_hide_assignment(struct scan *s, struct stretch run)
{
    struct separator sep = find_separator(s, run.to);
    size_t from = name_start(s, run), len = run.to - from;
    if (!sep.sign || !len)
        return false;
    struct secret_name n = redact_name(s->in + from, len);
    bool header = sep.sign == ':' &&
                  (is_header(&n, s->in + from, len) || redact_ends_with(s->in + from, len, "cookie", 6));
    if (is_query_signature(s, run, &sep))
        n.kind = SECRET_ANY;
    if (!header && (!n.kind || (sep.sign == ':' && !colon_counts(s, run, &sep, n.kind))))
        return false;
    if (sep.quoted && s->quote == s->in[run.to])
        s->quote = '\0';
    return redact_hide_value(s, header ? SECRET_ANY : n.kind,
                             header ? VALUE_LINE : shape_of(s, run.from, &sep), sep.value);
}
