/* SPDX-License-Identifier: MIT */
/* What is known of secrets beyond the shim's part: programs by their manuals, and forms of tokens and
 * addresses. Not for anybody but redact_line.c and redact_buf.c. */
#ifndef REDACT_REDACT_MORE_H
#define REDACT_REDACT_MORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* What the commands of a program do with secrets. */
struct redact_rule {
    /* The program, and words that stand behind it in this order, maybe with others between them; with commas
     * between alternatives. "-b" is also found in "-cb", and "x*" is what starts with x. */
    const char *command;
    /* Where its secrets are, with blanks between the places: "-p" in the word behind an option, or in the
     * same behind
     * '=' or one letter; "#2" the second word behind the command, those behind options not counted; "#*" any;
     * "word" behind a word; "^/p:" behind what a word starts with. A sign at the end says which part of that:
     * "-u:" what is behind the first ':', '/' that up to an '@', '@' what is between a ':' and the last '@',
     * '!' what is in the same word as the option. */
    const char *places;
};

/* The rules; the last one has no command. */
extern const struct redact_rule redact_rules[];

#define REDACT_RULES_MAX 16 /* that are for one program */

/* What has been learnt from a command line so far. Zero at its beginning. */
struct redact_command {
    const struct redact_rule *rules[REDACT_RULES_MAX]; /* that are for the program */
    uint8_t count;
    bool started, other;               /* the program's word has been seen; there are no rules for it */
    uint8_t matched[REDACT_RULES_MAX]; /* words of each rule's command */
    uint8_t plain[REDACT_RULES_MAX];   /* words behind it that are no options */
    char next;         /* the next word is: 0 nothing known, '*' a secret, or one with that sign */
    bool after_option; /* the next word may be an option's */
};

/* Append the next argument with what the rules know hidden. `script`: it may be a command line of its own.
 * False, with nothing appended, when there is nothing to hide. */
bool redact_put_command(struct buf *out, struct redact_command *c, const char *arg, bool script);

/* Append the text with those secrets hidden that their form gives away. False, with nothing appended, when
 * there are none. */
bool redact_put_forms(struct buf *out, const char *text);

#endif
