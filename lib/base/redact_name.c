/* SPDX-License-Identifier: MIT */
/* Which names mean a secret. A name is taken apart into words, at "_", "-", "." and where small letters turn
 * into capitals, so that --author and TOKENIZERS_PARALLELISM are not taken for auth and token. */
#include "base/redact_parts.h"

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* Whether a new word starts at name[i]: "apiKey", "APIKey", but not "PGPASSWORD". */
static bool is_hump(const char *name, size_t len, size_t i)
{
    if (!is_upper(name[i]))
        return false;
    bool next_is_small = i + 1 < len && name[i + 1] >= 'a' && name[i + 1] <= 'z';
    return !is_upper(name[i - 1]) || next_is_small;
}

/* The next word of the name from *at on, without the digits behind it. False when there is none. */
static bool next_word(const char *name, size_t len, size_t *at, struct stretch *word)
{
    size_t i = *at;
    while (i < len && !redact_is_alnum(name[i]))
        i++;
    word->from = i;
    while (i < len && redact_is_alnum(name[i]) && (i == word->from || !is_hump(name, len, i)))
        i++;
    *at = word->to = i;
    while (word->to > word->from && name[word->to - 1] >= '0' && name[word->to - 1] <= '9')
        word->to--;
    return word->from < len;
}

/* What has been learnt from the words of a name so far. */
struct judgement {
    enum secret_kind anywhere; /* from a word that counts wherever it stands */
    enum secret_kind last;     /* from the last word */
    uint8_t before_key;        /* class of the last word as one before "key" */
    bool aspect;               /* the last word is one of `aspects` */
};

static void judge_word(struct judgement *j, const char *text, size_t len)
{
    uint8_t class = redact_word_class(SECRET_WORDS, text, len);
    enum secret_kind kind = (enum secret_kind)(class & CLASS_KIND);
    if (kind == SECRET_KEY && len == 3 && j->before_key) {
        kind = (enum secret_kind)(j->before_key & CLASS_KIND);
        class = j->before_key & CLASS_KEY ? CLASS_ANYWHERE : CLASS_NONE;
    }
    j->last = class & CLASS_LAST ? kind : SECRET_NOT;
    if (class & CLASS_ANYWHERE)
        j->anywhere = kind;
    j->before_key = redact_word_class(KEY_WORDS, text, len);
    j->aspect = j->anywhere && !class && redact_is_listed(ASPECTS, text, len);
}

struct secret_name redact_name(const char *name, size_t len)
{
    struct judgement j = {0};
    struct stretch word, first = {0};
    for (size_t at = 0; next_word(name, len, &at, &word);) {
        if (word.to == word.from)
            continue; /* a number: "password-2" ends in password */
        judge_word(&j, name + word.from, word.to - word.from);
        if (!first.to)
            first = word;
    }
    struct secret_name out = {.kind = j.aspect ? SECRET_NOT : j.anywhere ? j.anywhere : j.last};
    if (out.kind) {
        const char *head = name + first.from;
        size_t head_len = first.to - first.from;
        out.is_switch = redact_is_listed(SWITCHES, head, head_len);
        out.is_header = head_len == 1 && redact_lower(*head) == 'x';
    }
    return out;
}
