/* SPDX-License-Identifier: MIT */
/* Reading on behind what can't be read. Where nothing else helps, what is broken ends at the next comma of its level. */
#include "export/collection_repair.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "base/json_lex.h"
#include "base/json_write.h"
#include "base/utf8.h"
#include "export/collection_json.h"

struct scan {
    const char *at, *end;
    struct collection_repair *out;
    size_t names;
};

void collection_repair_release(struct collection_repair *r)
{
    buf_release(&r->text);
    buf_release(&r->names);
}

static const char *fault_of(const struct buf *text, int err)
{
    if (text->len > COLLECTION_MAX)
        return "it is longer than dtrack reads";
    return err == -E2BIG ? "it is nested too deeply" : "it holds no JSON object";
}

/* Go on to where a member may begin. Brackets at the top are passed over: objects one behind the other, or in a list, are read as
 * one. */
static bool find_member(struct scan *s)
{
    while (s->at < s->end && strchr(" \t\r\n,{}[]", *s->at) && *s->at)
        s->at++;
    return s->at < s->end;
}

/* Behind the byte at `at`, which begins no token; or, if it is a quote, behind the string that it was to be: no part of that is read
 * twice, and what is in it is no member. */
static const char *behind_bad(const char *at, const char *end)
{
    if (*at++ != '"')
        return at;
    while (at < end && *at != '"' && *at != '\n')
        at += *at == '\\' && end - at > 1 ? 2 : 1;
    return at < end ? at + 1 : end;
}

/* Pass over anything up to the comma, or the bracket, that ends it; or the line, for what is no JSON. */
static void pass_over(struct scan *s)
{
    struct json_lexer lx = {.at = s->at, .end = s->end, .loose = true};
    struct json_slice unused_text;
    for (size_t depth = 0; lx.at < lx.end; s->at = lx.at) {
        enum json_token token = json_lex(&lx, &unused_text);
        if (token == JSON_OPEN_OBJECT || token == JSON_OPEN_LIST)
            depth++;
        else if (!depth && (token == JSON_COMMA || token == JSON_CLOSE_OBJECT || token == JSON_CLOSE_LIST))
            break;
        else if (token == JSON_CLOSE_OBJECT || token == JSON_CLOSE_LIST)
            depth--;
        else if (token == JSON_BAD)
            lx.at = behind_bad(lx.at, lx.end);
        if (!depth && token == JSON_BAD && lx.at < lx.end && (strchr("\r\n", *lx.at) || lx.at[-1] == '\n'))
            break;
    }
    s->at = lx.at;
}

static void put_name(struct scan *s, const struct json_slice *name)
{
    if (s->names++ >= REPAIR_NAMES_MAX)
        return;
    buf_str(&s->out->names, s->names == 1 ? "" : ",");
    buf_add(&s->out->names, name->text - 1, name->len + 2);
}

/* Whether a member may end behind that value. At the end of a text that was cut, digits may be missing. */
static bool ends_member(const struct json_lexer *value)
{
    struct json_lexer lx = *value;
    struct json_slice unused_text;
    enum json_token next = json_lex(&lx, &unused_text);
    return next == JSON_COMMA || next == JSON_CLOSE_OBJECT ||
           (next == JSON_END && !strchr("0123456789", value->at[-1]));
}

/* Whether the value at the lexer can be read from within an object, which is one level; goes behind it. */
static bool take_value(struct json_lexer *lx)
{
    struct json_slice unused_text;
    const char *from = lx->at;
    if (json_lex_skip(lx, json_lex(lx, &unused_text)) || !ends_member(lx))
        return false;
    size_t depth = 0, deepest = 0;
    for (struct json_lexer in = {.at = from, .end = lx->at, .loose = true}; in.at < in.end;) {
        enum json_token token = json_lex(&in, &unused_text);
        depth += token == JSON_OPEN_OBJECT || token == JSON_OPEN_LIST;
        depth -= token == JSON_CLOSE_OBJECT || token == JSON_CLOSE_LIST;
        deepest = MAX(deepest, depth);
    }
    return deepest < JSON_DEPTH_MAX;
}

/* Append the member, while there is room for it and the end. */
static bool put_member(struct buf *text, const char *from, size_t len)
{
    size_t before = text->len;
    if (text->data[before - 1] != '{')
        buf_char(text, ',');
    json_put_compact(text, from, len, true);
    if (buf_error(text) || text->len < COLLECTION_MAX)
        return true;
    text->len = before;
    text->data[before] = '\0';
    return false;
}

static void take_member(struct scan *s)
{
    struct json_lexer lx = {.at = s->at, .end = s->end, .loose = true};
    struct json_slice name, unused_text;
    bool has_name = json_lex(&lx, &name) == JSON_STRING && json_lex(&lx, &unused_text) == JSON_COLON;
    if (has_name && take_value(&lx)) {
        bool fits = put_member(&s->out->text, name.text - 1, (size_t)(lx.at - (name.text - 1)));
        s->out->kept += fits;
        s->at = lx.at;
        if (fits)
            return;
    } else {
        pass_over(s);
    }
    s->out->lost++;
    if (has_name)
        put_name(s, &name);
}

/* Make the collection from a text that is UTF-8. */
static int take_members(const struct buf *text, struct collection_repair *out)
{
    const char *bytes = buf_text(text);
    struct scan s = {.at = bytes, .end = bytes + text->len, .out = out};
    if (text->len >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3))
        s.at += 3;
    buf_char(&out->text, '{');
    buf_char(&out->names, '[');
    while (!buf_error(&out->text) && find_member(&s))
        take_member(&s);
    buf_char(&out->text, '}');
    buf_char(&out->names, ']');
    return buf_error(&out->text) ? buf_error(&out->text) : buf_error(&out->names);
}

int collection_repair(const struct buf *text, struct collection_repair *out)
{
    auto_buf compact = BUF_EMPTY, clean = BUF_EMPTY;
    *out = (struct collection_repair){0};
    int err = collection_compact(text, &compact);
    out->is_sound = !err && text->len <= COLLECTION_MAX;
    if (out->is_sound || err == -ENOMEM)
        return out->is_sound ? 0 : err;
    out->fault = fault_of(text, err);
    out->is_mended_text = !utf8_valid(buf_text(text), text->len);
    if (!out->is_mended_text)
        return take_members(text, out);
    utf8_put_clean(&clean, buf_text(text), text->len);
    return buf_error(&clean) ? buf_error(&clean) : take_members(&clean, out);
}
