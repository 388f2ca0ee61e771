/* SPDX-License-Identifier: MIT */
/* Replaces secrets in command lines and free text by "***" before anything is written.
 *
 * This runs inside of the job's processes: no libc but memcpy, no allocation, no recursion, no data that needs relocation, linear time.
 * It reads no more input than there is room for output. Secrets are recognised by names and form, which can fail both ways; in doubt
 * it hides. redact_words.c has all words, redact_option.c the short options of known programs, redact_extent.c decides where a value
 * ends. README.md says what is hidden and what can't be. */
#ifndef REDACT_REDACT_H
#define REDACT_REDACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The state of one command line, derived from the arguments so far. Initialise with redact_init(). */
struct redactor {
    const char *rules; /* the user's */
    uint8_t program;   /* the current program if its short options are known, or 0 */
    uint8_t next;      /* what kind of value the next argument is expected to be */
    bool cut;          /* a result was truncated; stays set until the caller clears it */
};

/* Enough room for any result of redact_text() and redact_arg() for `len` bytes of input. */
#define REDACT_ROOM(len) (2 * (size_t)(len) + 3)

/* Start a command line. `rules` are the user's redaction words: names of options, variables and keys, separated by commas;
 * invalid text in it is ignored. It must outlive *r, and may be NULL. */
void redact_init(struct redactor *r, const char *rules);

/* Write the redacted form of the next argument, of `len` bytes, to `out`, which has `room` bytes; no NUL is appended. Pass every
 * argument in order, complete, and starting with argv[0]: a partial token is not recognised, and an option's meaning depends on the
 * program. There must be a NUL at arg[len] or later. Returns the length, at most `room`; a truncated result sets r->cut. */
size_t redact_arg(struct redactor *r, const char *arg, size_t len, char *out, size_t room);

/* The same for free text, such as a mark's value, a shell command or an error message; `rules` as above. With REDACT_ROOM(len)
 * bytes of room the result is never truncated. */
size_t redact_text(const char *rules, const char *text, size_t len, char *out, size_t room);

#endif
