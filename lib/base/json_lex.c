/* SPDX-License-Identifier: MIT */
/* Splits JSON text into tokens. Owns nothing, allocates nothing. */
#include "base/json_lex.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/utf8.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The four hexadecimal digits at `at`, or -1. */
static int hex_quad(const char *at, const char *end)
{
    int value = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(at[i]);
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* The length of the escape at `at`, which is a backslash, or 0 when there is no such escape. */
static size_t escape_length(const char *at, const char *end)
{
    if (end - at < 2 || !at[1])
        return 0;
    if (at[1] == 'u')
        return hex_quad(at + 2, end) < 0 ? 0 : 6;
    return strchr("\"\\/bfnrt", at[1]) ? 2 : 0;
}

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))
#define HIGH_BITS EACH_BYTE(0x80u)

/* Nonzero if one of the eight bytes equals b: the highest bit of each equal byte is set, and possibly of the byte after it. */
static uint64_t holds(uint64_t eight, unsigned b)
{
    uint64_t zeros = eight ^ EACH_BYTE(b);
    return (zeros - EACH_BYTE(1u)) & ~zeros & HIGH_BITS;
}

/* Skip plain ASCII, eight bytes at a time. Stops at or before the first byte that needs attention. */
static const char *skip_plain(const char *at, const char *end)
{
    for (uint64_t eight; end - at >= (ptrdiff_t)sizeof eight; at += sizeof eight) {
        memcpy(&eight, at, sizeof eight);
        uint64_t control = (eight - EACH_BYTE(0x20u)) & ~eight;
        if ((eight | control | holds(eight, '"') | holds(eight, '\\')) & HIGH_BITS)
            break;
    }
    return at;
}

/* The slice is the text between the quotes, with escapes: most strings have none and are never copied. UTF-8 is validated only
 * from the first non-ASCII byte on, which is rare, too. */
static enum json_token lex_string(struct json_lexer *lx, struct json_slice *out)
{
    const char *at = skip_plain(lx->at + 1, lx->end);
    bool escaped = false, ascii = true;
    while (at < lx->end && *at != '"') {
        unsigned char c = (unsigned char)*at;
        size_t step = 1;
        if (c == '\\') {
            step = escape_length(at, lx->end);
            escaped = true;
        }
        if (c < 0x20 || !step)
            return JSON_BAD;
        ascii &= c < 0x80;
        at += step;
    }
    if (at == lx->end)
        return JSON_BAD;
    *out = (struct json_slice){lx->at + 1, (size_t)(at - lx->at - 1), escaped};
    if (!ascii && !utf8_valid(out->text, out->len))
        return JSON_BAD;
    lx->at = at + 1;
    return JSON_STRING;
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && is_digit(*at))
        at++;
    return at;
}

/* Where the number at `at` ends, or NULL when there is none. */
static const char *number_end(const char *at, const char *end)
{
    const char *digits = at + (*at == '-');
    at = skip_digits(digits, end);
    if (at == digits || (*digits == '0' && at > digits + 1))
        return NULL;
    if (at < end && *at == '.') {
        const char *fraction = at + 1;
        at = skip_digits(fraction, end);
        if (at == fraction)
            return NULL;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        const char *exponent = at;
        at = skip_digits(exponent, end);
        if (at == exponent)
            return NULL;
    }
    return at;
}

/* The end of NaN, Infinity or -Infinity at `at`, or NULL when there is none. */
static const char *not_finite_end(const char *at, const char *end)
{
    static const char *const words[] = {"NaN", "Infinity", "-Infinity"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        size_t len = strlen(words[i]);
        if ((size_t)(end - at) >= len && !memcmp(at, words[i], len))
            return at + len;
    }
    return NULL;
}

static enum json_token lex_number(struct json_lexer *lx, struct json_slice *out)
{
    const char *end = number_end(lx->at, lx->end);
    if (!end && lx->loose)
        end = not_finite_end(lx->at, lx->end);
    if (!end)
        return JSON_BAD;
    *out = (struct json_slice){.text = lx->at, .len = (size_t)(end - lx->at)};
    lx->at = end;
    return JSON_NUMBER;
}

/* Match a literal. A longer word ("nullx") is rejected at the next token, since none may follow directly. */
static enum json_token lex_word(struct json_lexer *lx, const char *word, enum json_token token)
{
    size_t len = strlen(word);
    if ((size_t)(lx->end - lx->at) < len || memcmp(lx->at, word, len))
        return JSON_BAD;
    lx->at += len;
    return token;
}

enum json_token json_lex(struct json_lexer *lx, struct json_slice *out)
{
    while (lx->at < lx->end && (*lx->at == ' ' || *lx->at == '\n' || *lx->at == '\t' || *lx->at == '\r'))
        lx->at++;
    if (lx->at == lx->end)
        return JSON_END;
    switch (*lx->at) {
    case '"':
        return lex_string(lx, out);
    case '{':
    case '}':
    case '[':
    case ']':
    case ':':
    case ',':
        return (enum json_token) * lx->at++;
    case 't':
        return lex_word(lx, "true", JSON_TRUE);
    case 'f':
        return lex_word(lx, "false", JSON_FALSE);
    case 'n':
        return lex_word(lx, "null", JSON_NULL);
    default:
        return lex_number(lx, out);
    }
}

/* What may come next within nested values. */
enum skip_want { WANT_VALUE, WANT_VALUE_OR_CLOSE, WANT_KEY, WANT_KEY_OR_CLOSE, WANT_COMMA_OR_CLOSE };

struct skip {
    struct json_lexer *lx;
    size_t depth;
    char closes[JSON_DEPTH_MAX]; /* the bracket that ends each open level */
    enum skip_want want;
};

/* Nesting is tracked in an array instead of by recursion, since untrusted input determines its depth. */
static int skip_open(struct skip *sk, enum json_token token)
{
    if (sk->depth == JSON_DEPTH_MAX)
        return -E2BIG;
    bool object = token == JSON_OPEN_OBJECT;
    sk->closes[sk->depth++] = object ? '}' : ']';
    sk->want = object ? WANT_KEY_OR_CLOSE : WANT_VALUE_OR_CLOSE;
    return 0;
}

static int skip_value(struct skip *sk, enum json_token token)
{
    if (token == JSON_OPEN_OBJECT || token == JSON_OPEN_LIST)
        return skip_open(sk, token);
    sk->want = WANT_COMMA_OR_CLOSE;
    return token >= JSON_STRING && token <= JSON_NULL ? 0 : -EINVAL;
}

static int skip_key(struct skip *sk, enum json_token token)
{
    struct json_slice unused_text;
    sk->want = WANT_VALUE;
    return token == JSON_STRING && json_lex(sk->lx, &unused_text) == JSON_COLON ? 0 : -EINVAL;
}

static int skip_comma(struct skip *sk, enum json_token token)
{
    sk->want = sk->closes[sk->depth - 1] == '}' ? WANT_KEY : WANT_VALUE;
    return token == JSON_COMMA ? 0 : -EINVAL;
}

/* Take one token at the current place inside of at least one open level. */
static int skip_step(struct skip *sk, enum json_token token)
{
    bool may_close = sk->want != WANT_VALUE && sk->want != WANT_KEY;
    if (may_close && (int)token == sk->closes[sk->depth - 1]) {
        sk->depth--;
        sk->want = WANT_COMMA_OR_CLOSE;
        return 0;
    }
    switch (sk->want) {
    case WANT_VALUE:
    case WANT_VALUE_OR_CLOSE:
        return skip_value(sk, token);
    case WANT_KEY:
    case WANT_KEY_OR_CLOSE:
        return skip_key(sk, token);
    default:
        return skip_comma(sk, token);
    }
}

int json_lex_skip(struct json_lexer *lx, enum json_token first)
{
    struct skip sk = {.lx = lx};
    struct json_slice unused_text;
    int err = skip_value(&sk, first);
    while (!err && sk.depth)
        err = skip_step(&sk, json_lex(lx, &unused_text));
    return err;
}

/* Write a character as UTF-8: at most four bytes, so the buffer on the stack always suffices. */
static char *put_utf8(char *out, uint32_t cp)
{
    char room[8];
    struct buf b = {.data = room, .cap = sizeof room};
    utf8_put(&b, cp);
    memcpy(out, room, b.len);
    return out + b.len;
}

/* Decode the \u escape at `at` and, when it starts a surrogate pair, the one after it. */
static const char *unescape_unicode(const char *at, const char *end, char **out)
{
    uint32_t cp = (uint32_t)hex_quad(at + 2, end);
    at += 6;
    if (cp >= 0xD800 && cp < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
        uint32_t low = (uint32_t)hex_quad(at + 2, end);
        if (low >= 0xDC00 && low < 0xE000) {
            cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
            at += 6;
        }
    }
    *out = put_utf8(*out, cp);
    return at;
}

/* The result is never longer than the input, as the six bytes of \uXXXX become at most three of UTF-8. */
size_t json_unescape(const struct json_slice *string, char *out)
{
    const char *at = string->text, *end = at + string->len;
    char *start = out;
    if (!string->escaped) {
        memcpy(out, at, string->len);
        at = end;
        out += string->len;
    }
    while (at < end) {
        if (*at != '\\') {
            *out++ = *at++;
        } else if (at[1] == 'u') {
            at = unescape_unicode(at, end, &out);
        } else {
            static const char names[] = "bfnrt", letters[] = "\b\f\n\r\t";
            const char *name = strchr(names, at[1]);
            *out++ = name ? letters[name - names] : at[1];
            at += 2;
        }
    }
    *out = '\0';
    return (size_t)(out - start);
}

bool json_slice_int(const struct json_slice *number, int64_t *out)
{
    const char *at = number->text, *end = at + number->len;
    bool negative = at < end && *at == '-';
    int64_t value = 0;
    at += negative;
    if (at == end)
        return false;
    for (; at < end; at++) {
        /* accumulated as a negative number, since INT64_MIN has no positive counterpart */
        if (!is_digit(*at) || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, *at - '0', &value))
            return false;
    }
    if (!negative && value == INT64_MIN)
        return false;
    *out = negative ? value : -value;
    return true;
}

bool json_slice_is(const struct json_slice *string, const char *text)
{
    return strlen(text) == string->len && !memcmp(text, string->text, string->len);
}
