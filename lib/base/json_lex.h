/* SPDX-License-Identifier: MIT */
/* A JSON tokenizer, strictly by RFC 8259: no allocation, integers exact. Rows are read with this alone; for anything small and
 * nested use the tree of base/json.h. */
#ifndef BASE_JSON_LEX_H
#define BASE_JSON_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/attr.h"

#define JSON_DEPTH_MAX 64

enum json_token {
    JSON_END, /* nothing left */
    JSON_BAD, /* not JSON, or not UTF-8 */
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
    JSON_OPEN_OBJECT = '{',
    JSON_CLOSE_OBJECT = '}',
    JSON_OPEN_LIST = '[',
    JSON_CLOSE_LIST = ']',
    JSON_COLON = ':',
    JSON_COMMA = ',',
};

/* The state of the tokenizer. To start, set `at` and `end` to the bounds of the text, which stays the caller's. */
struct json_lexer {
    const char *at, *end;
    bool loose; /* NaN, Infinity and -Infinity are numbers, as Python's json module writes them */
};

/* The text of a token, for a string without its quotes. Points into the lexer's text. */
struct json_slice {
    const char *text;
    size_t len;
    bool escaped; /* a string with backslashes in it: json_unescape() is not a plain copy */
};

/* Read the next token. JSON_BAD is not skipped: the next call returns it again. */
enum json_token json_lex(struct json_lexer *lx, struct json_slice *out);

/* Skip the value that starts with `first`, the token just read. 0, -EINVAL when it is malformed, -E2BIG
 * when it is nested deeper than JSON_DEPTH_MAX. */
must_check int json_lex_skip(struct json_lexer *lx, enum json_token first);

/* Write a string token's characters and a NUL to `out`, which has room for len + 1 bytes. U+0000 and lone
 * surrogates become U+FFFD. Returns the length. */
size_t json_unescape(const struct json_slice *string, char *out);

/* Convert a number token to an integer, exactly. False when it is not an integer or does not fit. */
must_check bool json_slice_int(const struct json_slice *number, int64_t *out);

/* Is the string token's text, which must not be `escaped`, equal to `text`? */
must_check bool json_slice_is(const struct json_slice *string, const char *text);

#endif
