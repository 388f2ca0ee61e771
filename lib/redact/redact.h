/* SPDX-License-Identifier: MIT */
/* Takes secrets out of command lines and free text before anything is written: each becomes "***".
 *
 * It runs inside of other people's processes: no libc but memcpy, no allocation, no recursion, no data that
 * needs relocation, and time that is linear in what it reads, which is no more than there is room for. It
 * judges by names and by form, so it can err both ways; where in doubt it hides. redact_words.c holds all the
 * words it knows, redact_option.c the programs whose short options are known, redact_extent.c where a value
 * ends. README.md says what is hidden and what cannot be. */
#ifndef REDACT_REDACT_H
#define REDACT_REDACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What has been learnt from the arguments so far. Initialise with redact_init(). */
struct redactor {
    const char *rules; /* the user's */
    uint8_t program;   /* whose short options are known, or 0 */
    uint8_t next;      /* what the next argument will be */
    bool cut;          /* a result did not fit its room; sticks until the caller clears it */
};

/* Room that redact_text() and redact_arg() never exceed for `len` bytes of input. */
#define REDACT_ROOM(len) (2 * (size_t)(len) + 3)

/* Start a command line. `rules` are the user's own words for secrets: names of options, variables and keys,
 * with commas between them; it is used as long as `r` is, and may be NULL. Anything else in it has no effect.
 */
void redact_init(struct redactor *r, const char *rules);

/* Write the redacted form of the next argument, of `len` bytes, to out, which has `room` bytes; no NUL is
 * added. Give every argument, in order, whole, and beginning with argv[0]: half a token is no token, and what
 * an option means depends on the program. A NUL must stand at arg[len] or later. Returns the length, at most
 * `room`; what was longer sets r->cut. */
size_t redact_arg(struct redactor *r, const char *arg, size_t len, char *out, size_t room);

/* The same for free text, such as a mark's value, a shell command or an error message; `rules` as above. With
 * REDACT_ROOM(len) bytes of room nothing is cut. */
size_t redact_text(const char *rules, const char *text, size_t len, char *out, size_t room);

#endif
