/* SPDX-License-Identifier: MIT */
/* Rules beyond those of the shim: options of programs, from their manuals, and forms of tokens and addresses. To be included by
 * redact_line.c, redact_buf.c and the rules' own files only. */
#ifndef REDACT_REDACT_MORE_H
#define REDACT_REDACT_MORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Where one command of a program takes secrets. */
struct redact_rule {
    /* The program, then words that must follow it in this order, possibly with others in between. Alternatives are separated by
     * commas. "-b" also matches "-cb"; "x*" matches any word that starts with x. */
    const char *command;
    /* The places of its secrets, separated by blanks:
     *   "-p"    the argument of an option: the next word, or the same word after '=' or after a single letter
     *   "#2"    the second word after the command, not counting options and their arguments; "#*" any such word
     *   "word"  the word after `word`
     *   "^/p:"  the rest of a word that starts with "/p:"
     * A sign at the end selects a part of that: ':' (as in "-u:") the part after the first ':'; '/' the same up to an '@'; '@' the part
     * between a ':' and the last '@'; '!' only what is in the same word as the option. */
    const char *places;
};

/* The rules; the last one has no command. */
extern const struct redact_rule redact_rules[];

#define REDACT_RULES_MAX 16 /* rules for one program */

/* The state of one command line. Zeroed at its start. */
struct redact_command {
    const struct redact_rule *rules[REDACT_RULES_MAX]; /* the rules for the current program */
    uint8_t count;
    bool started, other;               /* the program's name has been seen; it has no rules */
    uint8_t matched[REDACT_RULES_MAX]; /* per rule: how many words of its command have been matched */
    uint8_t plain[REDACT_RULES_MAX];   /* per rule: words after the command that are not options */
    char next; /* the next word is: 0 nothing known, '*' a secret, or a secret in the part that this sign selects */
    bool after_option; /* the next word may be an option's argument */
};

/* Append the next argument with the secrets hidden that the rules know. `script`: it may be a command line itself. False, with
 * nothing appended, when there is nothing to hide. */
bool redact_put_command(struct buf *out, struct redact_command *c, const char *arg, bool script);

/* Append the text with the secrets hidden that are recognised by their form. False, with nothing appended, when there are none. */
bool redact_put_forms(struct buf *out, const char *text);

#endif
