/* SPDX-License-Identifier: MIT */
/* Internals of the redactor. Characters are bytes; letters are ASCII. A piece of text is a pair of pointers: `from`, and `to`
 * just past its last character. All of this is part of the shim in every process, so two things matter: the size of the code, and
 * the time for an argument without a secret. */
#ifndef REDACT_REDACT_PARTS_H
#define REDACT_REDACT_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "redact/redact.h"
#include "sys/attr.h"

/* Each character has exactly one kind; a set of kinds is a bit mask. The kinds in names come first, then those that make an
 * argument suspect: redact.c relies on this order. */
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
#define KIND_META (KIND_SPLIT | KIND_BRACKET | KIND_BACKQUOTE)            /* stands between words or at their end */
#define KIND_APART (KIND_BLANK | KIND_QUOTES | KIND_SPLIT | KIND_BRACKET) /* before and after a word */

/* What a name, or the preceding word, says about a value. Each comment says when the value is a secret. */
enum secret_kind {
    SECRET_NOT,
    SECRET_ANY,        /* always */
    SECRET_SECRET,     /* unless it is the name of one: --secret db-password */
    SECRET_CREDENTIAL, /* unless it is the path of a file */
    SECRET_PWD,        /* unless it is a folder: also the name of the working directory */
    SECRET_PASS,       /* unless it is a small number: compilers and encoders have passes */
    SECRET_AUTH,       /* unless it is the name of a method */
    SECRET_KEY,        /* only if it looks like key material */
    SECRET_SIGNATURE,  /* the same, also after a word like "access" */
    SECRET_HEADER,     /* always: an HTTP header, whose whole line is hidden */
    SECRET_PUBLIC,     /* never, also when "key" follows the word */
    SECRET_DSN,        /* only if it contains a user: DSNs of databases and error trackers */
    SECRET_OPTION,     /* unless it is a pair of ports: -p of mysql is not -p of docker */
    SECRET_QUOTED,     /* only as the next word, and in quotes */
    NEXT_USER,         /* the next word is user:password */
    NEXT_NAME,         /* the next word is a name, and the next one its value */
    NEXT_TEXT,         /* the next word is a command line */
};

/* In a list, each word ends with a byte that gives its meaning: LIST_END and these bits. */
#define LIST_END 0x80
#define LIST_GLUED 0xC0 /* also matches the end of a longer word: PGPASSWORD, authtoken */
#define LIST_OPEN 0xA0  /* also matches the beginning of a longer word: mysqldump */

/* For words that denote secrets: an enum secret_kind, and this flag. A glued word counts anywhere in a name, others only at its
 * end. */
#define WORD_KIND 0x0F
#define WORD_BEFORE_KEY 0x10 /* followed by the word "key", it denotes a secret */

/* For programs: how the short option takes its secret, and its letters, as an index into a table. */
#define PROGRAM_FORM 0x18
#define PROGRAM_BOTH 0x00  /* -pX and -p X */
#define PROGRAM_GLUED 0x08 /* -pX */
#define PROGRAM_NEXT 0x10  /* -k X */
#define PROGRAM_USER 0x18  /* -u user:X and -uuser:X */
#define PROGRAM_LETTER 0x07
#define PROGRAM_RUNS 0x40 /* its first plain argument is the name of a program that it runs */

/* For tokens: the minimum number of characters that follow, divided by four. */
#define TOKEN_LEAST 0x0F
#define TOKEN_NAMED 0x10 /* these may include "_.-" */

/* The shape of a value: the set of characters that always end it, and flags. */
#define VALUE_ALL 0              /* nothing ends it: the whole argument */
#define VALUE_SPLITS (1 << 29)   /* also ends at ";", "&" or "," if another "name=" follows */
#define VALUE_WORDLIKE (1 << 30) /* includes quoted parts, but no brackets at its end */
#define VALUE_REST VALUE_SPLITS  /* the rest of an argument */
#define VALUE_LINE KIND_BREAK    /* of a header */
#define VALUE_QUERY (KIND_BLANK | KIND_QUOTE | KIND_AMPERSAND | KIND_SEMICOLON | KIND_HASH) /* of a URL */
#define VALUE_FIELD (KIND_BREAK | KIND_QUOTE | KIND_SEMICOLON)                              /* of a connection string */
#define VALUE_WORD (KIND_BLANK | VALUE_SPLITS | VALUE_WORDLIKE)
#define VALUE_ITEM (VALUE_WORD | KIND_COMMA)

#define REDACT_JUDGED_MAX 64  /* at most so many bytes of a value, or before a name, are examined */
#define REDACT_TOKEN_LEAST 17 /* characters of the shortest token */

/* The state of redacting a text. Everything before `kept` has been written; the text between `kept` and `pos` contains no secret
 * and is still to be copied. */
struct scan {
    const char *in, *end, *pos, *kept;
    char *out, *out_end;
    struct redactor *r;            /* the state of the command line */
    const char *from, *to, *after; /* a candidate: its start and end, and where the scan resumes after it */
    unsigned word;                 /* the shape of a word: VALUE_WORD in a text, or VALUE_ALL */
    bool argument;                 /* the text is one argument: a name at its start applies to all of the rest */
    char quote;                    /* the quote that is open at `pos`, or 0 */
    bool cut;
};

/* The kind of each ASCII character: 'a' stands for the first kind, 'b' for the second, and so on. */
extern const char redact_kinds[128] hidden;

/* The kind of a character; 0 for a byte from 128 on. */
hidden unsigned redact_kind(char c);

/* The first position from `from` on whose character is of none of these kinds, or `to`. */
hidden const char *redact_skip(const char *from, const char *to, unsigned kinds);

/* If the string starts with `text`, the position after it, else NULL. Ignores case. */
hidden const char *redact_starts(const char *from, const char *text);

/* A word found in a list: the byte that ends it in the list, or 0 for "not found"; and the position after it in the text. */
struct redact_found {
    uint8_t class;
    const char *after;
};

/* Find the first word in the list that matches the text from `from` to `to`. Ignores case. */
hidden struct redact_found redact_find(const char *list, const char *from, const char *to);

/* The lists. */
extern const char redact_secret_words[] hidden;
extern const char
    redact_aspects[] hidden; /* a name that ends in one refers to a secret without containing it: TOKEN_TTL */
extern const char redact_switches[] hidden; /* an option that starts with one takes no secret: --no-password */
extern const char redact_switch_values[] hidden;
extern const char redact_auth_methods[] hidden;
extern const char redact_references[] hidden; /* a value that starts with one says where the secret is */
extern const char redact_programs[] hidden;
extern const char redact_tokens[] hidden;

/* Classify a name: an option without its dashes, a variable, a key or a header. Its kind, or SECRET_NOT. */
hidden enum secret_kind redact_name(const struct redactor *r, const char *from, const char *to);

/* Whether an option of that name takes no argument: --no-password. */
hidden bool redact_is_switch(const char *from, const char *to);

/* Whether the text only refers to a secret: $VARIABLE, $(command), ${{ expression }}, {{ template }}, @file, env:NAME, a sed
 * pattern. A variable in lower case counts only within a longer argument. */
hidden bool redact_is_reference(const struct scan *s, const char *from, const char *to);

/* Whether the candidate is not a secret of that kind after all: it is empty, yes or no, a path, a reference and so on. */
hidden bool redact_is_plain(const struct scan *s, enum secret_kind kind);

/* Whether the bytes look like a key: long, with a mix of characters that is rare in other text. */
hidden bool redact_looks_random(const char *from, const char *to);

/* Find a secret that is recognised by its form in the run of name characters from `from` to `to`; a PEM block starts in the run and
 * continues after it. True, with the candidate set, when there is one. */
hidden bool redact_token(struct scan *s, const char *from, const char *to);

/* The end of the value that starts at `from`; at most `limit`. */
hidden const char *redact_value_end(const struct scan *s, unsigned shape, const char *from, const char *limit);

/* Whether the character at `at` is an opening quote. */
hidden bool redact_is_open_quote(const struct scan *s, const char *at);

/* Set the candidate to the value that starts at `from`, without its quotes if it is fully quoted; examined up to `limit`. */
hidden void redact_find_value(struct scan *s, unsigned shape, const char *from, const char *limit);

/* Hide the value that starts at `from` and resume after it, unless it is plain. False when nothing was hidden. */
hidden bool redact_hide_value(struct scan *s, enum secret_kind kind, unsigned shape, const char *from);

/* Hide the value that is assigned to the name in the run of name characters from `from` to `to`: NAME=VALUE,
 * name: value, "name": "value", Header: value. False when there is no assignment, or it holds no secret. */
hidden bool redact_assignment(struct scan *s, const char *from, const char *to);

/* Process the word at s->pos as a word of a command line. True when something in it was hidden. */
hidden bool redact_word(struct scan *s);

/* Redact from s->pos to the end, or until the room is full. */
hidden void redact_scan(struct scan *s);

/* Whether a word may start at `at`: at the beginning, or after a blank, a quote or a shell metacharacter. */
hidden bool redact_starts_word(const struct scan *s, const char *at);

/* Copy a piece of text unchanged, as far as there is room. */
hidden void redact_put(struct scan *s, const char *from, const char *to);

/* Copy the text before the candidate, hide the candidate (s->from to s->to), and resume at s->after. Returns true. */
hidden bool redact_hide(struct scan *s);

/* Hide the password of a candidate of the form user:password, and resume at s->after. False, with nothing hidden, when it has no
 * password or is a URL. */
hidden bool redact_hide_user(struct scan *s);

#endif
