/* SPDX-License-Identifier: MIT */
/* Decides which names denote a secret. A name is split into words, at "_", "-", "." and where lower case changes to upper case,
 * so that --author and TOKENIZERS_PARALLELISM don't match auth and token. */
#include "redact/redact_parts.h"

#define PAIR(a, b) ((a) << 8 | (b))

/* A quick filter: whether the name contains a pair of letters that occurs in a word for a secret. Most names don't. */
static bool may_mean_secret(const char *from, const char *to)
{
    unsigned pair = 0;
    while (from < to) {
        pair = (pair << 8 & 0xFF00) | ((unsigned char)*from++ | 0x20);
        switch (pair) {
        case PAIR('a', 'u'): /* auth */
        case PAIR('b', 'e'): /* bearer */
        case PAIR('c', 'r'): /* credential, secret */
        case PAIR('d', 's'): /* dsn */
        case PAIR('j', 'w'): /* jwt */
        case PAIR('k', 'e'): /* key, token */
        case PAIR('k', 'i'): /* cookie */
        case PAIR('o', 't'): /* otp */
        case PAIR('p', 'a'): /* pass, password, pat */
        case PAIR('p', 'i'): /* pin */
        case PAIR('p', 's'): /* psk */
        case PAIR('p', 'w'): /* pw, pwd */
        case PAIR('s', 'i'): /* sig, signature */
            return true;
        }
    }
    return false;
}

/* The end of the word that starts at `from`: "apiKey" and "APIKey" are two, "PGPASSWORD" is one. */
static const char *word_end(const char *from, const char *to)
{
    const char *at = from;
    do
        at++;
    while (at < to && redact_kind(*at) & KIND_ALNUM &&
           !(redact_kind(*at) & KIND_UPPER &&
             (!(redact_kind(at[-1]) & KIND_UPPER) || (at + 1 < to && redact_kind(at[1]) & KIND_LOWER))));
    return at;
}

/* Remove the next word from the front of the name, and return its end without trailing digits. Empty for a number. */
static const char *next_word(const char **from, const char *to)
{
    const char *end = word_end(*from, to), *next = end;
    while (end > *from && redact_kind(end[-1]) & KIND_DIGIT)
        end--;
    *from = redact_skip(next, to, ~KIND_ALNUM);
    return end;
}

/* The words from `from` on. */
static enum secret_kind judge(const char *from, const char *to)
{
    enum secret_kind anywhere = SECRET_NOT, last = SECRET_NOT;
    uint8_t before = 0;
    bool aspect = false;
    from = redact_skip(from, to, ~KIND_ALNUM);
    while (from < to) {
        const char *word = from, *end = next_word(&from, to);
        if (end == word)
            continue; /* a number: "password-2" ends in password */
        if (redact_starts(word, "existing") == end)
            return SECRET_NOT; /* the value is the name of a secret: existingSecret=db */
        uint8_t class = redact_find(redact_secret_words, word, end).class;
        last = (enum secret_kind)(class & WORD_KIND);
        if (last == SECRET_KEY && before & WORD_BEFORE_KEY) {
            last = SECRET_NOT;
            if ((before & WORD_KIND) != SECRET_PUBLIC)
                anywhere = SECRET_CREDENTIAL;
        } else if ((class & LIST_GLUED) == LIST_GLUED && last != SECRET_PASS) {
            anywhere = last;
        }
        aspect = anywhere && redact_find(redact_aspects, word, end).class;
        before = class;
    }
    if (aspect || last == SECRET_PUBLIC)
        return SECRET_NOT;
    return anywhere ? anywhere : last;
}

enum secret_kind redact_name(const struct redactor *r, const char *from, const char *to)
{
    if (redact_find(r->rules, from, to).after)
        return SECRET_ANY;
    if (!may_mean_secret(from, to))
        return SECRET_NOT;
    return judge(from, to);
}

bool redact_is_switch(const char *from, const char *to)
{
    const char *next = from, *end = next_word(&next, to);
    return redact_find(redact_switches, from, end).class;
}
