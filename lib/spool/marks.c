/* SPDX-License-Identifier: MIT */
/* Parses and formats marker lines. Owns the grammar; opens no files. */
#include "spool/marks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json_lex.h"
#include "base/json_write.h"
#include "base/own.h"

#define NS_PER_S INT64_C(1000000000)
#define STATUS_MAX 255
#define SIGNAL_MAX 64
#define READ_BYTES ((size_t)2 * MARK_LINE_MAX) /* two lines' worth: fewer moves of a rest to the front */

static const char *const verbs[] = {
    [MARK_START] = "start",
    [MARK_END] = "end",
    [MARK_SET] = "set",
    [MARK_EVENT] = "event",
};

/* One field of a line. */
struct field {
    char *at;
    size_t len;
};

/* Exact words only: a verb that a later version adds must be unknown here, not misread as another. */
int mark_verb_parse(const char *word, size_t len, enum mark_verb *out)
{
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        if (strlen(verbs[i]) == len && !memcmp(word, verbs[i], len)) {
            *out = (enum mark_verb)i;
            return 0;
        }
    }
    return -EINVAL;
}

enum mark_fault mark_name_check(const char *name, size_t len)
{
    if (memchr(name, '\0', len))
        return MARK_BAD_BYTE;
    bool fits = len && len <= MARK_NAME_MAX && !memchr(name, '\t', len) && !memchr(name, '\n', len);
    return fits ? MARK_GOOD : MARK_BAD_NAME;
}

/* Take the field up to the next tab off the front of `rest`. False when nothing is left. */
static bool next_field(struct field *rest, struct field *out)
{
    if (!rest->at)
        return false;
    char *tab = memchr(rest->at, '\t', rest->len);
    *out = (struct field){rest->at, tab ? (size_t)(tab - rest->at) : rest->len};
    *rest = tab ? (struct field){tab + 1, rest->len - out->len - 1} : (struct field){0};
    return true;
}

/* Parse decimal digits from index `from` on into *value. The number of digits, or -1 on overflow. */
static int read_digits(const struct field *f, size_t from, int64_t *value)
{
    size_t i = from;
    *value = 0;
    for (; i < f->len && f->at[i] >= '0' && f->at[i] <= '9'; i++) {
        if (__builtin_mul_overflow(*value, 10, value) || __builtin_add_overflow(*value, f->at[i] - '0', value))
            return -1;
    }
    return (int)(i - from);
}

/* Parse the digits of a fraction of a second, from index `at` to the field's end. Nanoseconds, or -1 when there is a non-digit. */
static int64_t fraction_ns(const struct field *f, size_t at)
{
    int64_t ns = 0, unit = NS_PER_S / 10;
    for (; at < f->len; at++, unit /= 10) {
        if (f->at[at] < '0' || f->at[at] > '9')
            return -1;
        ns += (f->at[at] - '0') * unit;
    }
    return ns;
}

/* Parse seconds with an optional fraction after '.' or ','; $EPOCHREALTIME has the comma in some locales. 0 or -EINVAL. */
static int time_of(const struct field *f, int64_t *out)
{
    int64_t seconds, fraction = 0;
    int digits = read_digits(f, 0, &seconds);
    if (digits < 1)
        return -EINVAL;
    if ((size_t)digits < f->len) {
        char point = f->at[digits];
        fraction = fraction_ns(f, (size_t)digits + 1);
        if ((point != '.' && point != ',') || fraction < 0)
            return -EINVAL;
    }
    if (__builtin_mul_overflow(seconds, NS_PER_S, out) || __builtin_add_overflow(*out, fraction, out))
        return -EINVAL;
    return 0;
}

int mark_time_parse(const char *text, int64_t *out)
{
    char *at = (char *)(uintptr_t)text; /* nothing writes to it */
    return time_of(&(struct field){at, strlen(text)}, out);
}

/* Read the number behind `key`, when the field is that attribute and it is well-formed. */
static void read_number(const struct field *f, const char *key, int64_t *out)
{
    size_t skip = strlen(key);
    int64_t value;
    if (f->len <= skip || memcmp(f->at, key, skip))
        return;
    if (read_digits(f, skip, &value) == (int)(f->len - skip))
        *out = value;
}

/* The same for a pid; an out-of-range value is ignored. */
static void read_pid(const struct field *f, const char *key, int32_t *out)
{
    int64_t value = *out;
    read_number(f, key, &value);
    if (value <= INT32_MAX)
        *out = (int32_t)value;
}

/* A status as wait would give it, from the one that a shell has, or from a signal. */
static void read_status(const struct field *f, struct mark *m)
{
    int64_t code = -1, sig = 0;
    read_number(f, "status=", &code);
    read_number(f, "signal=", &sig);
    if (code >= 0 && code <= STATUS_MAX)
        m->status = W_EXITCODE((int)code, 0);
    else if (sig > 0 && sig <= SIGNAL_MAX)
        m->status = (int)sig;
    else
        return;
    m->has_status = true;
}

static enum mark_fault read_head(struct field *rest, struct field *name, struct mark *m)
{
    struct field f;
    if (!next_field(rest, &f) || time_of(&f, &m->time_ns))
        return MARK_BAD_TIME;
    if (!next_field(rest, &f) || mark_verb_parse(f.at, f.len, &m->verb))
        return MARK_BAD_VERB;
    if (!next_field(rest, name))
        return MARK_BAD_NAME;
    return mark_name_check(name->at, name->len);
}

/* Unknown and malformed attributes are ignored: they must not cost the user the mark. */
enum mark_fault mark_parse(char *line, size_t len, struct mark *out)
{
    if (len > MARK_LINE_MAX)
        return MARK_TOO_LONG;
    if (memchr(line, '\0', len))
        return MARK_BAD_BYTE;
    if (len && line[len - 1] == '\r')
        len--;
    struct mark m = {0};
    struct field rest = {line, len}, name, value = {0}, attribute;
    enum mark_fault fault = read_head(&rest, &name, &m);
    if (fault)
        return fault;
    bool valued = next_field(&rest, &value) && value.len;
    while (next_field(&rest, &attribute)) {
        read_pid(&attribute, "pid=", &m.pid);
        read_pid(&attribute, "ppid=", &m.ppid);
        read_number(&attribute, "mono=", &m.mono_ns);
        if (m.verb == MARK_END)
            read_status(&attribute, &m);
    }
    name.at[name.len] = '\0';
    if (valued)
        value.at[value.len] = '\0';
    m.name = name.at;
    m.value = valued ? value.at : NULL;
    *out = m;
    return MARK_GOOD;
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20;
}

static bool is_plain(const char *text)
{
    if (!*text)
        return false; /* an empty field would be no value */
    while (*text && !is_control(*text))
        text++;
    return !*text;
}

/* Whether the text is a JSON document. In one, control characters stand only between the tokens. */
static bool is_json(const char *text)
{
    struct json_lexer lx = {.at = text, .end = text + strlen(text)};
    struct json_slice token;
    enum json_token first = json_lex(&lx, &token);
    return !json_lex_skip(&lx, first) && json_lex(&lx, &token) == JSON_END;
}

/* A field can't contain tabs and line breaks. In JSON they are only layout and become blanks; other text that has them is written
 * as a JSON string. */
static void put_value(struct buf *out, const char *value)
{
    if (is_plain(value)) {
        buf_str(out, value);
    } else if (is_json(value)) {
        for (; *value; value++)
            buf_char(out, is_control(*value) ? ' ' : *value);
    } else {
        json_put_string(out, value);
    }
}

static void put_number(struct buf *out, const char *key, int64_t number)
{
    if (number > 0)
        buf_printf(out, "\t%s=%lld", key, (long long)number);
}

static void put_status(struct buf *out, int status)
{
    if (WIFSIGNALED(status))
        buf_printf(out, "\tsignal=%d", WTERMSIG(status));
    else
        buf_printf(out, "\tstatus=%d", WEXITSTATUS(status));
}

int mark_format(const struct mark *mark, struct buf *out)
{
    if (mark_name_check(mark->name, strlen(mark->name)))
        return -EINVAL;
    size_t before = out->len;
    buf_printf(out, "%lld.%09lld\t%s\t%s\t", (long long)(mark->time_ns / NS_PER_S),
               (long long)(mark->time_ns % NS_PER_S), verbs[mark->verb], mark->name);
    if (mark->value)
        put_value(out, mark->value);
    if (mark->has_status)
        put_status(out, mark->status);
    put_number(out, "mono", mark->mono_ns);
    put_number(out, "pid", mark->pid);
    put_number(out, "ppid", mark->ppid);
    buf_char(out, '\n');
    if (buf_error(out))
        return buf_error(out);
    return out->len - before - 1 > MARK_LINE_MAX ? -EFBIG : 0;
}

/* The state of reading a marker file. */
struct stream {
    char *data; /* READ_BYTES, and one more for the NUL after a last line */
    size_t len;
    off_t at, end; /* the position in the file, and where reading stops at the latest */
    bool too_long; /* the rest of the current line is to be skipped */
    int64_t number;
    marks_fn each;
    void *ctx;
    int64_t bad;
};

static int hand_on(struct stream *s, char *text, size_t len)
{
    struct mark_line line = {.number = s->number, .text = text, .len = len};
    line.offset = s->at - (off_t)(s->data + s->len - text);
    line.fault = mark_parse(text, len, &line.mark);
    s->bad += line.fault != MARK_GOOD;
    return s->each(s->ctx, &line);
}

/* Process a complete line of `len` bytes, or the end of one that is too long. */
static int take_line(struct stream *s, char *text, size_t len)
{
    if (s->too_long) {
        s->too_long = false;
        return 0;
    }
    s->number++;
    return hand_on(s, text, len);
}

/* Process all whole lines in memory and move the partial one to the front. The beginning of a line that is too long is passed on
 * once, to be counted as bad; the rest of it is skipped. */
static int take_lines(struct stream *s)
{
    char *at = s->data, *end = s->data + s->len, *newline;
    while ((newline = memchr(at, '\n', (size_t)(end - at)))) {
        int err = take_line(s, at, (size_t)(newline - at));
        if (err)
            return err;
        at = newline + 1;
    }
    s->len = (size_t)(end - at);
    if (s->len > MARK_LINE_MAX) {
        int err = s->too_long ? 0 : take_line(s, at, s->len);
        s->too_long = true;
        s->len = 0;
        return err;
    }
    memmove(s->data, at, s->len);
    return 0;
}

/* Read more of the file. The number of bytes read, 0 at the end, or -errno. */
static ssize_t fill(struct stream *s, int fd)
{
    ssize_t got;
    size_t most = MIN(READ_BYTES - s->len, (size_t)(s->end - s->at));
    do {
        got = pread(fd, s->data + s->len, most, s->at);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return -errno;
    s->len += (size_t)got;
    s->at += got;
    return got;
}

/* Process a last line without a newline, unless it was cut off by the limit: half a mark could parse as a different one. */
static int take_rest(struct stream *s, int fd, int64_t *unread)
{
    struct stat st;
    if (fstat(fd, &st))
        return -errno;
    bool is_cut = s->at >= s->end && st.st_size > s->end;
    *unread = is_cut ? st.st_size - s->at + (off_t)s->len : 0;
    return is_cut || !s->len ? 0 : take_line(s, s->data, s->len);
}

int64_t marks_room(uint64_t limit)
{
    return limit && limit < (uint64_t)MARKS_BYTES_MAX ? (int64_t)limit : MARKS_BYTES_MAX;
}

/* Reads with pread(), since the descriptor is shared and the file is read twice. */
int marks_read(int fd, int64_t room, marks_fn each, void *ctx, struct marks_tally *tally)
{
    auto_free char *data = malloc(READ_BYTES + 1);
    if (!data)
        return -ENOMEM;
    struct stream s = {.data = data, .end = room, .each = each, .ctx = ctx};
    ssize_t got;
    int err = 0;
    *tally = (struct marks_tally){0};
    while (!err && (got = fill(&s, fd)) != 0)
        err = got < 0 ? (int)got : take_lines(&s);
    if (!err)
        err = take_rest(&s, fd, &tally->unread_bytes);
    tally->bad = s.bad;
    return err;
}
