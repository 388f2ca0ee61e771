/* SPDX-License-Identifier: MIT */
/* Reading rows back. Strings are unescaped into one block as long as the row itself: unescaping never
 * lengthens, and each string's two quotes pay for its NUL. So a row costs no allocation once the blocks have
 * grown. */
#include "export/ndjson.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/json_lex.h"
#include "export/ndjson_schema.h"

/* One row being read. */
struct parse {
    struct ndjson_row *row;
    struct json_lexer lx;
    char *text;       /* where the next string goes */
    size_t argc;      /* entries of row->list that are args */
    size_t rawc;      /* entries behind them that args_raw gave */
    uint64_t present; /* bit i: fields[i] was there and not null */
};

static int grow_list(struct ndjson_row *row, size_t need)
{
    if (need <= row->list_room)
        return 0;
    size_t room = MAX(need, row->list_room * 2 + 16);
    const char **list = realloc(row->list, room * sizeof *list);
    if (!list)
        return -ENOMEM;
    row->list = list;
    row->list_room = room;
    return 0;
}

/* Never out of room: the block is as long as the row (see the top of this file). */
static const char *take_string(struct parse *p, const struct json_slice *slice)
{
    const char *out = p->text;
    p->text += json_unescape(slice, p->text) + 1;
    return out;
}

/* As take_string() for base64, whose bytes cannot hold a NUL: they came from C strings. */
static int take_base64(struct parse *p, const struct json_slice *slice, const char **out)
{
    long len = base64_decode(slice->text, slice->len, p->text);
    if (len < 0 || memchr(p->text, 0, (size_t)len))
        return -EINVAL;
    *out = p->text;
    p->text[len] = '\0';
    p->text += len + 1;
    return 0;
}

/* Put a list's string at the end of row->list. */
static int take_item(struct parse *p, const struct json_slice *slice, bool raw)
{
    struct ndjson_row *row = p->row;
    int err = grow_list(row, p->argc + p->rawc + 1);
    if (err)
        return err;
    const char **slot = &row->list[p->argc + p->rawc];
    if (raw) {
        p->rawc++;
        return take_base64(p, slice, slot);
    }
    p->argc++;
    *slot = take_string(p, slice);
    return 0;
}

/* Read a list of strings whose bracket was just read. args must stand before args_raw, as the writer has it.
 */
static int parse_list(struct parse *p, bool raw)
{
    struct json_slice slice;
    enum json_token token = json_lex(&p->lx, &slice);
    if (p->rawc || (!raw && p->argc))
        return -EINVAL;
    if (token == JSON_CLOSE_LIST)
        return 0;
    for (;;) {
        if (token != JSON_STRING)
            return -EINVAL;
        int err = take_item(p, &slice, raw);
        if (err)
            return err;
        token = json_lex(&p->lx, &slice);
        if (token != JSON_COMMA)
            return token == JSON_CLOSE_LIST ? 0 : -EINVAL;
        token = json_lex(&p->lx, &slice);
    }
}

static int parse_word(struct parse *p, const struct field *field, const struct json_slice *slice)
{
    struct span *span = &p->row->span;
    const char *word = take_string(p, slice);
    bool known = field->type == FIELD_KIND ? span_kind_parse(word, &span->kind) : span_end_parse(word, &span->end_by);
    return known ? 0 : -EINVAL;
}

/* Store the value whose first token was just read and is not null. */
static int parse_value(struct parse *p, const struct field *field, enum json_token token,
                       const struct json_slice *slice)
{
    void *member = (char *)&p->row->span + field->offset;
    switch (field->type) {
    case FIELD_TEXT:
        if (token != JSON_STRING)
            return -EINVAL;
        *(const char **)member = take_string(p, slice);
        return 0;
    case FIELD_INT:
        /* the number that stands for an absent one cannot be a value */
        if (token != JSON_NUMBER || !json_slice_int(slice, member))
            return -EINVAL;
        return *(int64_t *)member == SPAN_NONE ? -EINVAL : 0;
    case FIELD_BOOL:
        *(bool *)member = token == JSON_TRUE;
        return token == JSON_TRUE || token == JSON_FALSE ? 0 : -EINVAL;
    case FIELD_KIND:
    case FIELD_END:
        return token == JSON_STRING ? parse_word(p, field, slice) : -EINVAL;
    default:
        return token == JSON_OPEN_LIST ? parse_list(p, field->type == FIELD_RAW) : -EINVAL;
    }
}

/* The field of a key. Rows as we write them have the keys in order, so `guess` is nearly always right. */
static const struct field *find_field(const struct json_slice *key, size_t guess)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct field *field = &fields[(guess + i) % FIELD_COUNT];
        if (json_slice_is(key, field->key))
            return field;
    }
    return NULL;
}

/* Read the value of a field. */
static int parse_field(struct parse *p, const struct field *field)
{
    struct json_slice slice;
    enum json_token token = json_lex(&p->lx, &slice);
    if (token == JSON_NULL)
        return 0;
    p->present |= UINT64_C(1) << (field - fields);
    return parse_value(p, field, token, &slice);
}

/* Read one member whose key was just read: colon, value. */
static int parse_member(struct parse *p, const struct json_slice *key, size_t *guess)
{
    struct json_slice slice;
    if (json_lex(&p->lx, &slice) != JSON_COLON)
        return -EINVAL;
    const struct field *field = find_field(key, *guess);
    if (!field)
        return json_lex_skip(&p->lx, json_lex(&p->lx, &slice));
    *guess = (size_t)(field - fields) + 1;
    return parse_field(p, field);
}

/* Pass over comma, key and colon of the field that is to be expected, if that is what stands there, as it does in rows that we wrote: a
 * third of the time that reading takes by tokens. */
static bool skip_lead(struct parse *p, size_t guess, bool first)
{
    if (guess >= FIELD_COUNT)
        return false;
    const char *lead = fields[guess].lead + first; /* no comma before the first */
    size_t len = fields[guess].lead_len - first;
    if ((size_t)(p->lx.end - p->lx.at) < len || memcmp(p->lx.at, lead, len) != 0)
        return false;
    p->lx.at += len;
    return true;
}

/* Unknown keys are skipped and missing ones absent, so that rows of later and earlier versions can be read. */
static int parse_members(struct parse *p)
{
    struct json_slice slice;
    size_t guess = 0;
    int err = 0;
    if (json_lex(&p->lx, &slice) != JSON_OPEN_OBJECT)
        return -EINVAL;
    for (bool first = true; !err; first = false) {
        if (skip_lead(p, guess, first)) {
            err = parse_field(p, &fields[guess++]);
            continue;
        }
        enum json_token token = first ? JSON_COMMA : json_lex(&p->lx, &slice);
        if (token != JSON_COMMA)
            return token == JSON_CLOSE_OBJECT && json_lex(&p->lx, &slice) == JSON_END ? 0 : -EINVAL;
        if (json_lex(&p->lx, &slice) != JSON_STRING)
            return -EINVAL;
        err = parse_member(p, &slice, &guess);
    }
    return err;
}

/* Put the lists into the span, the original bytes where there are any. */
static int finish_lists(struct parse *p)
{
    struct span *span = &p->row->span;
    span->argc = p->argc;
    span->args = p->argc ? p->row->list : NULL;
    if (!p->rawc)
        return 0;
    if (p->rawc != p->argc && p->rawc != p->argc + 2)
        return -EINVAL;
    const char **raw = p->row->list + p->argc;
    span->args = p->argc ? raw : NULL;
    if (p->rawc == p->argc + 2) {
        span->exe = span->exe ? raw[p->argc] : NULL;
        span->cwd = span->cwd ? raw[p->argc + 1] : NULL;
    }
    return 0;
}

static bool has_required(const struct parse *p)
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (fields[i].required && !(p->present >> i & 1))
            return false;
    return true;
}

/* 0 is a number like others: what is absent has to say so. */
static void clear_span(struct span *span)
{
    *span = (struct span){.load_ns = SPAN_NONE};
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (fields[i].type == FIELD_INT)
            *(int64_t *)(void *)((char *)span + fields[i].offset) = SPAN_NONE;
}

int ndjson_parse(struct ndjson_row *row, const char *line, size_t len)
{
    if (len + 1 > row->text_room) {
        free(row->text);
        row->text_room = (len + 1) * 2;
        row->text = malloc(row->text_room);
        if (!row->text) {
            row->text_room = 0;
            return -ENOMEM;
        }
    }
    struct parse p = {.row = row, .lx = {.at = line, .end = line + len}, .text = row->text};
    clear_span(&row->span);
    int err = parse_members(&p);
    if (!err && !has_required(&p))
        err = -EINVAL;
    return err ? err : finish_lists(&p);
}

void ndjson_release(struct ndjson_row *row)
{
    free(row->text);
    free(row->list);
    *row = NDJSON_ROW_EMPTY;
}
