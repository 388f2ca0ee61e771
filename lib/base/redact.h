/* SPDX-License-Identifier: MIT */
/* Takes secrets out of command lines and free text before anything is written: each becomes "***".
 *
 * It runs inside of other people's processes: no libc but memcpy, no allocation, no recursion, no data that
 * needs relocation, and time that is linear in what it reads, which is no more than there is room for. It
 * judges by names and by form, so it can err both ways; where in doubt it hides. redact_words.c holds the
 * names that mean a secret, redact_token.c the forms that are one by themselves, redact_option.c the programs
 * whose short options are known, redact_extent.c where a value ends.
 *
 * Hidden, for instance: --password X, --db-password=X, API_TOKEN=X, AccountKey=X; in a connection string,
 * sig=X in a URL, "password": "X" in JSON, X-Auth-Token: X, Bearer X, scheme://user:X@host, mysql -pX,
 * sshpass -p X, curl -u user:X; AWS, GitHub, GitLab, Slack and npm tokens, JWTs, PEM blocks. Left alone:
 * names that only speak of a secret (--password-file F, --token-ttl 60, --no-password, PWD=/home), names that
 * only contain the letters (--author, --tokenize, COMPASS=N), switches (--with-password=yes), and values of a
 * plain --key or SOME_KEY= that don't look like key material. */
#ifndef BASE_REDACT_H
#define BASE_REDACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What has been learnt from the arguments so far. Initialise with redact_init(). */
struct redactor {
    uint8_t program; /* whose short options are known: an index, or 0 */
    uint8_t next;    /* what the next argument will be */
    uint8_t kind;    /* if a secret: of which kind */
    bool cut;        /* a result did not fit its room; sticks until the caller clears it */
};

/* Room that redact_text() and redact_arg() never exceed for `len` bytes of input. */
#define REDACT_ROOM(len) (2 * (size_t)(len) + 3)

/* Start a command line. `program` is the path or name of what runs, usually argv[0]; `len` bytes. */
void redact_init(struct redactor *r, const char *program, size_t len);

/* Write the redacted form of the next argument, of `len` bytes, to out, which has `room` bytes; no NUL is
 * added. Give every argument, in order and whole: half a token is no token. Returns the length, at most
 * `room`; what was longer sets r->cut. */
size_t redact_arg(struct redactor *r, const char *arg, size_t len, char *out, size_t room);

/* The same for free text, such as a mark's value, a shell command or an error message. With REDACT_ROOM(len)
 * bytes of room nothing is cut. */
size_t redact_text(const char *text, size_t len, char *out, size_t room);

#endif
