/* SPDX-License-Identifier: MIT */
/* Any rows in every format: each is what its readers can read, as far as that can be said without one. Lines
 * that are no rows are left out. The first byte says how long the run took. The inputs are those of `rows`.
 */
#include <errno.h>

#include "../unit/some_export.h"
#include "base/json_lex.h"
#include "base/utf8.h"
#include "export/ndjson.h"

#include "fuzz.h"

/* The lines that are rows. */
static void choose(const char *text, const char *end, struct buf *rows)
{
    auto_ndjson_row row = NDJSON_ROW_EMPTY;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text)), *stop = newline ? newline : end;
        if (!ndjson_parse(&row, text, (size_t)(stop - text))) {
            buf_add(rows, text, (size_t)(stop - text));
            buf_char(rows, '\n');
        }
        text = stop + 1;
    }
}

static void check_json(const struct buf *out)
{
    struct json_lexer lx = {.at = out->data, .end = out->data + out->len};
    struct json_slice slice;
    PROMISE(!json_lex_skip(&lx, json_lex(&lx, &slice)) && json_lex(&lx, &slice) == JSON_END);
}

/* UTF-8, and nothing that a terminal obeys; `blanks` are the controls that the format itself has. */
static void check_text(const struct buf *out, const char *blanks)
{
    uint32_t cp;
    PROMISE(!out->len || utf8_valid(out->data, out->len));
    for (size_t at = 0; at < out->len; at += utf8_decode(out->data + at, out->len - at, &cp)) {
        PROMISE(utf8_decode(out->data + at, out->len - at, &cp) && cp != UTF8_BAD);
        PROMISE(!utf8_plays_tricks(cp) || (cp < 0x20 && strchr(blanks, (int)cp)));
    }
}

/* What agents take for commands: two of them anywhere, one at the beginning of a line. */
static void check_unbroken(const struct buf *out)
{
    PROMISE(!strstr(buf_text(out), "##[") && !strstr(buf_text(out), "##vso["));
    PROMISE(strncmp(buf_text(out), "::", 2) && !strstr(buf_text(out), "\n::"));
}

/* Quotes in pairs, and no line break but at the ends of lines. */
static void check_csv(const struct buf *out)
{
    bool quoted = false;
    for (size_t i = 0; i < out->len; i++) {
        quoted ^= out->data[i] == '"';
        PROMISE(!quoted || (unsigned char)out->data[i] >= 0x20);
        PROMISE((out->data[i] == '\n') == (i && out->data[i - 1] == '\r'));
    }
    PROMISE(!quoted);
}

/* No sign of markup but in what is markup: an open one is closed before the next, and no reference is bare.
 */
static void check_xml(const struct buf *out)
{
    bool open = false;
    for (size_t i = 0; i < out->len; i++) {
        PROMISE(out->data[i] != (open ? '<' : '>'));
        open ^= out->data[i] == '<' || out->data[i] == '>';
        PROMISE(out->data[i] != '&' || (i + 1 < out->len && out->data[i + 1] == '#'));
    }
    PROMISE(!open);
}

/* Each line a stack, a blank and a number. */
static void check_collapsed(const struct buf *out)
{
    for (const char *line = buf_text(out); *line;) {
        size_t len = strcspn(line, "\n"), digits = 0;
        while (digits < len && line[len - 1 - digits] >= '0' && line[len - 1 - digits] <= '9')
            digits++;
        PROMISE(line[len] && digits && digits + 1 < len && line[len - 1 - digits] == ' ' && *line != '{');
        line += len + 1;
    }
}

/* Messages of a length that fits, one behind the other. */
static void check_packets(const struct buf *out)
{
    for (size_t at = 0; at < out->len;) {
        size_t len = 0;
        PROMISE(out->data[at++] == 0x0A);
        for (int shift = 0;; shift += 7) {
            PROMISE(at < out->len && shift < 63);
            len |= ((size_t)out->data[at] & 0x7F) << shift;
            if (!(out->data[at++] & 0x80))
                break;
        }
        PROMISE(len <= out->len - at);
        at += len;
    }
}

static void check(const char *format, const struct buf *out)
{
    if (!strcmp(format, "perfetto")) {
        check_packets(out);
        return;
    }
    check_unbroken(out);
    check_text(out, !strcmp(format, "csv") ? "\r\n" : "\n");
    if (!strcmp(format, "chrome") || !strcmp(format, "speedscope"))
        check_json(out);
    if (!strcmp(format, "csv"))
        check_csv(out);
    if (!strcmp(format, "junit"))
        check_xml(out);
    if (!strcmp(format, "collapsed"))
        check_collapsed(out);
    if (strstr("collapsed junit markdown openmetrics", format))
        PROMISE(!strstr(buf_text(out), "::"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {"chrome", "perfetto", "speedscope", "collapsed",
                                          "csv",    "markdown", "junit",      "openmetrics"};
    if (!size)
        return 0;
    auto_buf rows = BUF_EMPTY;
    choose((const char *)data + 1, (const char *)data + size, &rows);
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        struct some_export x;
        some_export_init(&x, buf_text(&rows), rows.len);
        x.summary->start_ns = data[0] & 1 ? 1 : INT64_MAX - 5;
        x.summary->dur_ns = data[0] * INT64_C(1000);
        PROMISE(!export_write(export_format(formats[i]), &x.export));
        check(formats[i], &x.drained);
        some_export_end(&x);
    }
    return 0;
}
