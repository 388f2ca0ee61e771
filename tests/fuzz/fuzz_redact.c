/* SPDX-License-Identifier: MIT */
/* Any bytes as text and as a command line: the result keeps to its room, and a secret that follows them on a
 * line of its own is found whatever they were. */
#include <stdbool.h>
#include <string.h>

#include "base/own.h"
#include "redact/redact_buf.h"
#include "redact/redact_line.h"

#include "fuzz.h"

static const char planted[] = "\nAPI_TOKEN=planted0123456789";
#define SECRET "planted0123456789"

static bool holds_secret(const char *text, size_t len)
{
    return memmem(text, len, SECRET, strlen(SECRET));
}

/* A copy with a NUL behind it. */
static char *copy_of(const char *in, size_t size)
{
    char *copy = malloc(size + 1);
    PROMISE(copy);
    memcpy(copy, in, size);
    copy[size] = '\0';
    return copy;
}

static void check_text(const char *data, size_t size)
{
    size_t room = REDACT_ROOM(size);
    auto_free char *in = copy_of(data, size), *out = malloc(room + 1), *again = malloc(room + 1);
    PROMISE(out && again);
    size_t len = redact_text(NULL, in, size, out, room);
    PROMISE(len <= room);
    /* more room changes nothing: nothing was cut */
    PROMISE(redact_text(NULL, in, size, again, room + 1) == len && !memcmp(out, again, len));
    PROMISE(redact_text(NULL, in, size, again, len / 2) == len / 2 && !memcmp(out, again, len / 2));
}

static void check_planted(const char *in, size_t size)
{
    size_t len = size + sizeof planted - 1;
    auto_free char *text = malloc(len + 1), *out = malloc(REDACT_ROOM(len));
    PROMISE(text && out);
    memcpy(text, in, size);
    memcpy(text + size, planted, sizeof planted);
    len = redact_text(NULL, text, len, out, REDACT_ROOM(len));
    PROMISE(holds_secret(in, size) || !holds_secret(out, len));
}

/* Whatever came before, --password announces a secret. */
static void check_announced(struct redactor *r)
{
    static const char option[] = "--password", secret[] = SECRET;
    char out[REDACT_ROOM(sizeof secret)];
    PROMISE(redact_arg(r, option, sizeof option - 1, out, sizeof out) == sizeof option - 1);
    PROMISE(!memcmp(out, option, sizeof option - 1));
    size_t len = redact_arg(r, secret, sizeof secret - 1, out, sizeof out);
    PROMISE(!holds_secret(out, len));
}

/* Each line an argument; the first one the user's rules. */
static void check_line(const char *data, size_t size)
{
    struct redactor r;
    auto_free char *in = copy_of(data, size);
    size_t rules = strcspn(in, "\n");
    auto_free char *words = copy_of(in, rules);
    redact_init(&r, words);
    for (size_t at = 0; at <= size;) {
        const char *end = at < size ? memchr(in + at, '\n', size - at) : NULL;
        size_t len = end ? (size_t)(end - in) - at : size - at;
        auto_free char *arg = copy_of(in + at, len), *out = malloc(REDACT_ROOM(len));
        PROMISE(out && redact_arg(&r, arg, len, out, REDACT_ROOM(len)) <= REDACT_ROOM(len));
        PROMISE(!r.cut);
        at += len + 1;
    }
    check_announced(&r);
}

/* The fold's part, over lines as arguments and over all as text: whatever came before, what is planted is
 * found. */
static void check_fold(const char *data, size_t size)
{
    struct redact_line line;
    auto_free char *in = copy_of(data, size);
    auto_buf out = BUF_EMPTY;
    redact_line_init(&line, NULL);
    char *rest = in;
    for (char *arg; (arg = strsep(&rest, "\n"));) {
        buf_clear(&out);
        redact_line_put(&out, &line, arg);
        PROMISE(!out.error);
    }
    static const char token[] = "\nwhsec_" SECRET "0123456789";
    auto_free char *text = malloc(size + sizeof token);
    PROMISE(text);
    memcpy(text, data, size);
    memcpy(text + size, token, sizeof token);
    for (size_t i = 0; i < size; i++)
        text[i] = text[i] ? text[i] : ' ';
    buf_clear(&out);
    redact_put_text(&out, NULL, text);
    PROMISE(!out.error && (holds_secret(text, size) || !holds_secret(buf_text(&out), out.len)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *in = size ? (const char *)data : "";
    check_text(in, size);
    check_planted(in, size);
    check_line(in, size);
    check_fold(in, size);
    return 0;
}
