/* SPDX-License-Identifier: MIT */
/* What the parts of the redactor share. Not for anybody else. Characters are bytes; letters are ASCII. */
#ifndef BASE_REDACT_PARTS_H
#define BASE_REDACT_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* What a name promises about its value. */
enum secret_kind {
    SECRET_NOT,
    SECRET_ANY,        /* a secret, whatever it looks like */
    SECRET_CREDENTIAL, /* unless it is the path of a file */
    SECRET_PWD,        /* unless it is a folder: also the name of the working directory */
    SECRET_PASS,       /* unless it is a number: compilers and encoders have passes */
    SECRET_AUTH,       /* unless it is the name of a method */
    SECRET_OPTION,     /* unless it is a pair of ports: -p of mysql is not -p of docker */
    SECRET_KEY,        /* only if it looks like key material */
};

enum word_table { SECRET_WORDS, KEY_WORDS };
enum word_list { ASPECTS, SWITCHES, SWITCH_VALUES, AUTH_METHODS };

/* What a table says of a word: in the low bits an enum secret_kind, and one of these. */
enum word_class {
    CLASS_NONE = 0,
    CLASS_ANYWHERE = 0x10, /* the word means its kind anywhere in a name */
    CLASS_LAST = 0x20,     /* the word means its kind only at the end of a name */
    CLASS_KEY = 0x40,      /* of "api key": with the next word, "key", a secret */
    CLASS_PUBLIC = 0x80,   /* of "public key": with the next word, "key", none */
};
#define CLASS_KIND 0x0F

/* A name judged. */
struct secret_name {
    enum secret_kind kind;
    bool is_switch; /* as an option it takes no argument: --no-password, --ask-password */
    bool is_header; /* X-Auth-Token and such: the value is the rest of the line */
};

/* A stretch of the input, from `from` up to but not including `to`. */
struct stretch {
    size_t from, to;
};

/* A text being redacted. Everything before `kept` has been written; what lies between `kept` and `pos` is
 * plain and still to be copied. */
struct scan {
    const char *in;
    size_t len, pos, kept;
    char *out;
    size_t room, used;
    bool cut;
    bool text;       /* blanks separate words; otherwise there are none */
    bool argument;   /* all of it is one argument: what it starts with names all of the rest */
    char quote;      /* the quote that is open here, or 0 */
    uint8_t program; /* as in struct redactor */
};

/* Where a value ends depends on what it is part of. */
enum value_shape {
    VALUE_WORD,    /* a word of a shell's: NAME=VALUE */
    VALUE_REST,    /* all that follows in this argument */
    VALUE_LINE,    /* a header's */
    VALUE_QUERY,   /* of a URL */
    VALUE_FIELD,   /* of a connection string */
    VALUE_ITEM,    /* of a list with commas */
    VALUE_MAPPING, /* behind a colon, as in YAML */
};

/* A value found: where it is, and where to go on behind it. */
struct value {
    struct stretch is;
    size_t behind;
};

/* What a word means for itself or for the word behind it. */
enum word_effect {
    WORD_PLAIN,
    WORD_REST,      /* hide the word from `offset` on */
    WORD_REST_USER, /* the same, but only what follows the first ':' */
    WORD_NEXT,      /* the next word is the value of a name of kind `kind` */
    WORD_NEXT_USER, /* the next word is user:password */
    WORD_NEXT_TEXT, /* the next word is a command line */
};

struct word_meaning {
    enum word_effect effect;
    enum secret_kind kind;
    size_t offset;
};

/* The bits of the characters 0 to 63 and 64 to 127 that a set holds. */
static inline bool redact_in_set(unsigned char c, uint64_t low, uint64_t high)
{
    return c < 128 && ((c < 64 ? low : high) >> (c & 63) & 1);
}

#define REDACT_JUDGED_MAX                                                                                    \
    ((size_t)64)              /* bytes of a value, or before a name, that are looked at to judge it */
#define REDACT_TOKEN_LEAST 15 /* characters of the shortest token */

#define REDACT_DIGITS (UINT64_C(0x3FF) << 48)
#define REDACT_UPPER (UINT64_C(0x3FFFFFF) << 1)
#define REDACT_LOWER (UINT64_C(0x3FFFFFF) << 33)
#define REDACT_LETTERS (REDACT_UPPER | REDACT_LOWER)
#define REDACT_BIT(c) (UINT64_C(1) << ((c)&63))

/* Letters and digits. */
static inline bool redact_is_alnum(char c)
{
    return redact_in_set((unsigned char)c, REDACT_DIGITS, REDACT_LETTERS);
}

/* What names, options and tokens are made of: letters, digits and "_.-". */
static inline bool redact_is_name(char c)
{
    return redact_in_set((unsigned char)c, REDACT_DIGITS | REDACT_BIT('-') | REDACT_BIT('.'),
                         REDACT_LETTERS | REDACT_BIT('_'));
}

/* Space, tab and line breaks. */
static inline bool redact_is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Double, single and back quote. */
static inline bool redact_is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

/* The small letter of a capital one. */
static inline char redact_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* The class of a word in that table, or CLASS_NONE. Capitals don't matter. */
hidden uint8_t redact_word_class(enum word_table table, const char *text, size_t len);

/* Whether that list holds the word. Capitals don't matter. */
hidden bool redact_is_listed(enum word_list list, const char *text, size_t len);

/* The character at `from`, or 0 behind the end. */
static inline char redact_peek(const struct scan *s, size_t from)
{
    return from < s->len ? s->in[from] : '\0';
}

/* The next place that is no space and no tab. */
static inline size_t redact_skip_spaces(const struct scan *s, size_t from)
{
    while (redact_peek(s, from) == ' ' || redact_peek(s, from) == '\t')
        from++;
    return from;
}

/* Whether the `len` bytes of `text` stand at `from`. */
static inline bool redact_looks_at(const struct scan *s, size_t from, const char *text, size_t len)
{
    size_t i = 0;
    while (i < len && redact_peek(s, from + i) == text[i])
        i++;
    return i == len;
}

/* Whether the name ends with those small letters, written in any case. */
static inline bool redact_ends_with(const char *name, size_t len, const char *small, size_t small_len)
{
    size_t i = 0;
    if (len < small_len)
        return false;
    while (i < small_len && redact_lower(name[len - small_len + i]) == small[i])
        i++;
    return i == small_len;
}

/* Judge a name: an option without its dashes, a variable, a key or a header. */
hidden struct secret_name redact_name(const char *name, size_t len);

/* Whether a value of that kind is no secret after all: empty, a switch's yes or no, a path and so on. */
hidden bool redact_value_is_plain(enum secret_kind kind, const char *value, size_t len);

/* Whether the bytes look like a key: long, without blanks, and as mixed as only random text is. */
hidden bool redact_looks_random(const char *value, size_t len);

/* Find a token that is a secret by its form in the run of name characters `run` of the text. PEM blocks start
 * in the run and go on behind it. True with its place in *found. */
hidden bool redact_token(const char *in, size_t len, struct stretch run, struct stretch *found);

/* The program that the arguments behind `word` are given to, if those before it were `program`'s: 0 for one
 * whose short options are not known. `word` is no option: an argument, or the name or path of a program that
 * is run by another one, such as env or sshpass. */
hidden uint8_t redact_next_program(uint8_t program, const char *word, size_t len);

/* What a word of a command line means for itself or the next one, by the program that gets it and by its
 * name. */
hidden struct word_meaning redact_meaning(uint8_t program, const char *word, size_t len);

/* Whether the character stands between words or at their end: brackets, ",;&|<>" and "`". */
hidden bool redact_is_meta(char c);

/* Where the value from `from` on ends, at `limit` at the latest. */
hidden size_t redact_value_end(const struct scan *s, enum value_shape shape, size_t from, size_t limit);

/* Whether a quote stands at `from` that opens a quoted text. */
hidden bool redact_is_open_quote(const struct scan *s, size_t from);

/* The value that starts at `from`, without its quotes if it is all in quotes; looked at up to `limit`. */
hidden struct value redact_find_value(const struct scan *s, enum value_shape shape, size_t from,
                                      size_t limit);

/* Hide the value from `from` on, unless it is plain. False when nothing was hidden. */
hidden bool redact_hide_value(struct scan *s, enum secret_kind kind, enum value_shape shape, size_t from);

/* Hide the value that is assigned to the name which ends the run: NAME=VALUE, name: value, "name": "value",
 * Header: value. False when there is none, or no secret. */
hidden bool redact_hide_assignment(struct scan *s, struct stretch run);

/* Redact from s->pos to the end, or until the room is full. */
hidden void redact_scan(struct scan *s);

/* Copy what is plain before `from`, hide what lies between it and `to`, and go on there. */
hidden void redact_hide(struct scan *s, size_t from, size_t to);

/* Hide the password of the user:password between `from` and `to`, and go on there. False, with nothing done,
 * when there is none or it is a URL. */
hidden bool redact_hide_user(struct scan *s, size_t from, size_t to);

/* Copy what is plain and not copied yet. Returns the length of the whole result. */
hidden size_t redact_finish(struct scan *s);

#endif
