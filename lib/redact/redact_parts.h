/* SPDX-License-Identifier: MIT */
/* What the parts of the redactor share. Not for anybody else. Characters are bytes; letters are ASCII. A
 * piece of text is a pair of pointers, `from` and, behind its last character, `to`. The shim carries all of
 * this into every process: what counts is the size of the code, and what an argument costs that holds no
 * secret. */
#ifndef REDACT_REDACT_PARTS_H
#define REDACT_REDACT_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "redact/redact.h"
#include "sys/attr.h"

/* Every character is of one kind, and a set of kinds is a mask. What names are made of comes first, then what
 * makes an argument suspect. */
enum {
    KIND_DIGIT = 1 << 0,
    KIND_UPPER = 1 << 1,
    KIND_LOWER = 1 << 2,
    KIND_JOINT = 1 << 3, /* of words in a name: "_.-" */
    KIND_SPACE = 1 << 4, /* and tab */
    KIND_BREAK = 1 << 5, /* of lines */
    KIND_COLON = 1 << 6,
    KIND_EQUALS = 1 << 7,
    KIND_QUOTE = 1 << 8, /* that encloses a value: double or single */
    KIND_BACKQUOTE = 1 << 9,
    KIND_SEMICOLON = 1 << 10, /* and "|": a next command */
    KIND_AMPERSAND = 1 << 11,
    KIND_COMMA = 1 << 12,
    KIND_BRACKET = 1 << 13, /* other signs of a shell's */
    KIND_FILLER = 1 << 14,  /* "+" of base64, "%" of URLs */
    KIND_HASH = 1 << 15,
    KIND_BACKSLASH = 1 << 16,
    KIND_OTHER = 1 << 17,
};
#define KIND_LETTER (KIND_UPPER | KIND_LOWER)
#define KIND_ALNUM (KIND_DIGIT | KIND_LETTER)
#define KIND_NAME (KIND_ALNUM | KIND_JOINT) /* of names, options and tokens */
#define KIND_BLANK (KIND_SPACE | KIND_BREAK)
#define KIND_QUOTES (KIND_QUOTE | KIND_BACKQUOTE)
#define KIND_BASE64 (KIND_EQUALS | KIND_FILLER) /* and KIND_ALNUM, and "/" */
#define KIND_SPLIT (KIND_SEMICOLON | KIND_AMPERSAND | KIND_COMMA)
#define KIND_META (KIND_SPLIT | KIND_BRACKET | KIND_BACKQUOTE) /* stands between words or at their end */
#define KIND_APART (KIND_BLANK | KIND_QUOTES | KIND_SPLIT | KIND_BRACKET) /* before a word and behind it */

/* What a name promises about its value, and what the word before one announces. */
enum secret_kind {
    SECRET_NOT,
    SECRET_ANY,        /* a secret, whatever it looks like */
    SECRET_SECRET,     /* unless it is the name of one: --secret db-password */
    SECRET_CREDENTIAL, /* unless it is the path of a file */
    SECRET_PWD,        /* unless it is a folder: also the name of the working directory */
    SECRET_PASS,       /* unless it is a small number: compilers and encoders have passes */
    SECRET_AUTH,       /* unless it is the name of a method */
    SECRET_KEY,        /* only if it looks like key material */
    SECRET_SIGNATURE,  /* the same; "access signature" is no more than that */
    SECRET_HEADER,     /* of HTTP: all of the line */
    SECRET_PUBLIC,     /* none, and with "key" behind it none either */
    SECRET_DSN,        /* only if it names a user: DSNs of databases and error trackers */
    SECRET_OPTION,     /* unless it is a pair of ports: -p of mysql is not -p of docker */
    SECRET_QUOTED,     /* only as the next word, and in quotes */
    NEXT_USER,         /* the next word is user:password */
    NEXT_NAME,         /* the next word is a name, and the one behind it its value */
    NEXT_TEXT,         /* the next word is a command line */
};

/* In a list, each word ends with a byte that says what the word means: LIST_END and these bits. */
#define LIST_END 0x80
#define LIST_GLUED 0xC0 /* the word may be the end of another: PGPASSWORD, authtoken */
#define LIST_OPEN 0xA0  /* it may be the beginning of another: mysqldump */

/* Of secret words: an enum secret_kind, and this. A glued word means its kind anywhere in a name, the others
 * only at its end. */
#define WORD_KIND 0x0F
#define WORD_BEFORE_KEY 0x10 /* with the word "key" behind it, a secret */

/* Of programs: how the short option holds its secret; then its letters, as an index into a table. */
#define PROGRAM_FORM 0x18
#define PROGRAM_BOTH 0x00  /* -pX and -p X */
#define PROGRAM_GLUED 0x08 /* -pX */
#define PROGRAM_NEXT 0x10  /* -k X */
#define PROGRAM_USER 0x18  /* -u user:X and -uuser:X */
#define PROGRAM_LETTER 0x07
#define PROGRAM_RUNS 0x40 /* what its first plain argument names is a program */

/* Of tokens: how many characters follow at least, by fours. */
#define TOKEN_LEAST 0x0F
#define TOKEN_NAMED 0x10 /* they may be "_.-", too */

/* Where a value ends, as the set of characters that always end it, and how the rest is read. */
#define VALUE_ALL 0              /* it doesn't: the whole argument */
#define VALUE_SPLITS (1 << 29)   /* at ";", "&" or "," when a next "name=" follows */
#define VALUE_WORDLIKE (1 << 30) /* parts in quotes belong to it; brackets at its end don't */
#define VALUE_REST VALUE_SPLITS  /* of an argument */
#define VALUE_LINE KIND_BREAK    /* a header's */
#define VALUE_QUERY (KIND_BLANK | KIND_QUOTE | KIND_AMPERSAND | KIND_SEMICOLON | KIND_HASH) /* of a URL */
#define VALUE_FIELD (KIND_BREAK | KIND_QUOTE | KIND_SEMICOLON) /* of a connection string */
#define VALUE_WORD (KIND_BLANK | VALUE_SPLITS | VALUE_WORDLIKE)
#define VALUE_ITEM (VALUE_WORD | KIND_COMMA)

#define REDACT_JUDGED_MAX 64  /* bytes of a value, or before a name, that are looked at to judge it */
#define REDACT_TOKEN_LEAST 17 /* characters of the shortest token */

/* A text being redacted. Everything before `kept` has been written; what lies between `kept` and `pos` is
 * plain and still to be copied. */
struct scan {
    const char *in, *end, *pos, *kept;
    char *out, *out_end;
    struct redactor *r;             /* what the words so far tell of the next one */
    const char *from, *to, *behind; /* what may be a secret: where it is, and where to go on behind it */
    unsigned word;                  /* the shape of a word: VALUE_WORD in a text, or VALUE_ALL */
    bool argument;                  /* all of it is one argument: what it starts with names all of the rest */
    char quote;                     /* the quote that is open here, or 0 */
    bool cut;
};

/* ASCII by kind: 'a' stands for the first kind, 'b' for the second, and so on. */
extern const char redact_kinds[128] hidden;

/* The kind of a character; 0 for a byte from 128 on. */
hidden unsigned redact_kind(char c);

/* The first place from `from` on whose character is none of these kinds, or `to`. */
hidden const char *redact_skip(const char *from, const char *to, unsigned kinds);

/* What is behind `text` if the string starts with it, or NULL. Capitals don't matter. */
hidden const char *redact_starts(const char *from, const char *text);

/* A word found in a list: the byte that ends it there, or 0 when there is none; what is behind it in the
 * text. */
struct redact_found {
    uint8_t class;
    const char *behind;
};

/* Find the first word in the list that is the text from `from` to `to`. Capitals don't matter. */
hidden struct redact_found redact_find(const char *list, const char *from, const char *to);

/* The lists. */
extern const char redact_secret_words[] hidden;
extern const char redact_aspects[] hidden;  /* a name that ends in one speaks of a secret, but has none */
extern const char redact_switches[] hidden; /* an option that starts with one takes no secret */
extern const char redact_switch_values[] hidden;
extern const char redact_auth_methods[] hidden;
extern const char redact_references[] hidden; /* a value that starts with one says where the secret is */
extern const char redact_programs[] hidden;
extern const char redact_tokens[] hidden;

/* Judge a name: an option without its dashes, a variable, a key or a header. The kind, or SECRET_NOT. */
hidden enum secret_kind redact_name(const struct redactor *r, const char *from, const char *to);

/* Whether an option of that name takes no argument: --no-password. */
hidden bool redact_is_switch(const char *from, const char *to);

/* Whether the text says where a secret is: $VARIABLE, $(command), ${{ expression }}, {{ template }}, @file,
 * env:NAME, a pattern of sed's; lower-case variables only in what is no argument by itself. */
hidden bool redact_is_reference(const struct scan *s, const char *from, const char *to);

/* Whether the value s->from is no secret of that kind after all: empty, a switch's yes or no, a path, a
 * reference and so on. */
hidden bool redact_is_plain(const struct scan *s, enum secret_kind kind);

/* Whether the bytes look like a key: long, and as mixed as only random text is. */
hidden bool redact_looks_random(const char *from, const char *to);

/* Find a token that is a secret by its form in the run of name characters from `from` to `to`. PEM blocks
 * start in the run and go on behind it. True with its place in s->from. */
hidden bool redact_token(struct scan *s, const char *from, const char *to);

/* The end of the value from `from` on, which is at `limit` at the latest. */
hidden const char *redact_value_end(const struct scan *s, unsigned shape, const char *from,
                                    const char *limit);

/* Whether a quote stands there that opens a quoted text. */
hidden bool redact_is_open_quote(const struct scan *s, const char *at);

/* Find the value that starts at `from`, without its quotes if it is all in quotes; looked at up to `limit`.
 */
hidden void redact_find_value(struct scan *s, unsigned shape, const char *from, const char *limit);

/* Hide the value from `from` on and go on behind it, unless it is plain. False when nothing was hidden. */
hidden bool redact_hide_value(struct scan *s, enum secret_kind kind, unsigned shape, const char *from);

/* Hide the value that is assigned to the name in the run of name characters from `from` to `to`: NAME=VALUE,
 * name: value, "name": "value", Header: value. False when there is none, or no secret. */
hidden bool redact_assignment(struct scan *s, const char *from, const char *to);

/* Take the word that starts at s->pos, as a command line's. True when something in it was hidden. */
hidden bool redact_word(struct scan *s);

/* Redact from s->pos to the end, or until the room is full. */
hidden void redact_scan(struct scan *s);

/* Whether a word may start there: at the beginning, behind a blank, a quote or a sign of the shell's. */
hidden bool redact_starts_word(const struct scan *s, const char *at);

/* Copy a piece of plain text, as far as there is room. */
hidden void redact_put(struct scan *s, const char *from, const char *to);

/* Copy what is plain before s->from, hide what lies between it and s->to, and go on at s->behind. Returns
 * true. */
hidden bool redact_hide(struct scan *s);

/* Hide the password of the user:password between s->from and s->to, and go on at s->behind. False, with
 * nothing hidden, when there is none or it is a URL. */
hidden bool redact_hide_user(struct scan *s);

#endif
