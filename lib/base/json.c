/* SPDX-License-Identifier: MIT */
/* JSON trees: the only file that knows cJSON, and the place where its two weaknesses are made good. It holds
 * numbers as doubles, and it accepts texts that are not JSON. So every text goes through json_lex first,
 * which is strict and bounds the depth, and each number is handed to cJSON as a string that starts with
 * NUMBER_MARK, a byte that the text itself cannot hold because it is valid UTF-8. After parsing those strings
 * become "raw" values, whose text cJSON prints unchanged. */
#include "base/json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_lex.h"
#include "base/json_number.h"
#include "base/json_write.h"
#include "base/own.h"

#define NUMBER_MARK '\xFF'

/* A struct json is a cJSON; the casts are here and nowhere else. */
static cJSON *tree_of(const struct json *value)
{
    return (cJSON *)(uintptr_t)value;
}

static struct json *json_of(cJSON *value)
{
    return (struct json *)value;
}

/* Append one token in the form for cJSON. */
static void put_token(struct buf *out, enum json_token token, const struct json_slice *slice)
{
    if (token == JSON_NUMBER) {
        buf_add(out, (char[]){'"', NUMBER_MARK}, 2);
        buf_add(out, slice->text, slice->len);
        buf_char(out, '"');
        return;
    }
    /* a string with escapes: cJSON would cut it at an escaped U+0000 and refuse a lone surrogate */
    auto_free char *plain = malloc(slice->len + 1);
    if (!plain)
        out->error = -ENOMEM;
    else
        json_put_bytes(out, plain, json_unescape(slice, plain));
}

/* Append a complete and valid text in the form for cJSON. */
static void put_marked(struct buf *out, const char *text, size_t len, bool loose)
{
    struct json_lexer lx = {.at = text, .end = text + len, .loose = loose};
    struct json_slice slice;
    const char *copied = text, *before = text;
    enum json_token token;
    for (; (token = json_lex(&lx, &slice)) != JSON_END; before = lx.at) {
        if (token != JSON_NUMBER && (token != JSON_STRING || !slice.escaped))
            continue;
        buf_add(out, copied, (size_t)(before - copied));
        put_token(out, token, &slice);
        copied = lx.at;
    }
    buf_add(out, copied, (size_t)(lx.end - copied));
}

/* Is this one value and nothing else? */
static int check_text(const char *text, size_t len, bool loose)
{
    struct json_lexer lx = {.at = text, .end = text + len, .loose = loose};
    struct json_slice slice;
    int err = json_lex_skip(&lx, json_lex(&lx, &slice));
    if (!err && json_lex(&lx, &slice) != JSON_END)
        err = -EINVAL;
    return err;
}

/* Turn marked strings into raw values; bounded by JSON_DEPTH_MAX. */
static void unmark_numbers(cJSON *value)
{
    for (; value; value = value->next) {
        if (cJSON_IsString(value) && value->valuestring[0] == NUMBER_MARK) {
            memmove(value->valuestring, value->valuestring + 1, strlen(value->valuestring));
            value->type = (value->type & ~0xFF) | cJSON_Raw;
        }
        unmark_numbers(value->child);
    }
}

static int parse(const char *text, size_t len, bool loose, struct json **out)
{
    static const char mark[] = "\xEF\xBB\xBF";
    if (len > JSON_TEXT_MAX)
        return -EFBIG;
    if (len >= 3 && !memcmp(text, mark, 3)) {
        text += 3;
        len -= 3;
    }
    int err = check_text(text, len, loose);
    if (err)
        return err;
    auto_buf marked = {.limit = JSON_TEXT_MAX * 4};
    put_marked(&marked, text, len, loose);
    err = buf_error(&marked);
    if (err)
        return err;
    cJSON *tree = cJSON_ParseWithLength(marked.data, marked.len);
    if (!tree)
        return -ENOMEM;
    unmark_numbers(tree);
    *out = json_of(tree);
    return 0;
}

int json_parse(const char *text, size_t len, struct json **out)
{
    return parse(text, len, false, out);
}

int json_parse_loose(const char *text, size_t len, struct json **out)
{
    return parse(text, len, true, out);
}

void json_free(struct json *root)
{
    cJSON_Delete(tree_of(root));
}

struct json *json_get(const struct json *object, const char *key)
{
    struct json *found = NULL;
    if (json_is_object(object))
        for (struct json *member = json_first(object); member; member = json_next(member))
            if (!strcmp(json_key(member), key))
                found = member;
    return found;
}

struct json *json_first(const struct json *parent)
{
    return parent ? json_of(tree_of(parent)->child) : NULL;
}

struct json *json_next(const struct json *value)
{
    return value ? json_of(tree_of(value)->next) : NULL;
}

const char *json_key(const struct json *member)
{
    return member ? tree_of(member)->string : NULL;
}

const char *json_text(const struct json *value)
{
    return cJSON_GetStringValue(tree_of(value));
}

bool json_is_object(const struct json *value)
{
    return cJSON_IsObject(tree_of(value));
}

bool json_int(const struct json *value, int64_t *out)
{
    if (!cJSON_IsRaw(tree_of(value)))
        return false;
    const char *text = tree_of(value)->valuestring;
    return json_slice_int(&(struct json_slice){.text = text, .len = strlen(text)}, out);
}

bool json_bool(const struct json *value, bool *out)
{
    if (!cJSON_IsBool(tree_of(value)))
        return false;
    *out = cJSON_IsTrue(tree_of(value));
    return true;
}

int json_set(struct json *object, const char *key, const char *text)
{
    if (!json_is_object(object))
        return -EINVAL;
    struct json *value = NULL, *old = json_get(object, key);
    int err = json_parse(text, strlen(text), &value);
    if (err)
        return err;
    if (old) {
        /* cJSON's replacing keeps the place but not the key */
        tree_of(value)->string = strdup(key);
        if (tree_of(value)->string && cJSON_ReplaceItemViaPointer(tree_of(object), tree_of(old), tree_of(value)))
            return 0;
    } else if (cJSON_AddItemToObject(tree_of(object), key, tree_of(value))) {
        return 0;
    }
    json_free(value);
    return -ENOMEM;
}

int json_print(const struct json *root, struct buf *out)
{
    char *text = cJSON_PrintUnformatted(tree_of(root));
    if (!text)
        return -ENOMEM;
    buf_str(out, text);
    cJSON_free(text);
    return buf_error(out);
}

void json_put_compact(struct buf *out, const char *text, size_t len, bool loose)
{
    struct json_lexer lx = {.at = text, .end = text + len, .loose = loose};
    struct json_slice unused_text;
    for (const char *from = text; json_lex(&lx, &unused_text) > JSON_BAD; from = lx.at) {
        from += strspn(from, " \t\r\n");
        buf_add(out, from, (size_t)(lx.at - from));
    }
}

/* Is this a list or object that printing its tree would reproduce exactly, apart from blanks? */
static bool is_plain(const char *text, size_t len)
{
    return (*text == '[' || *text == '{') && len <= JSON_TEXT_MAX && !memchr(text, '\\', len) &&
           !check_text(text, len, false);
}

int json_put_typed(struct buf *out, const char *typed)
{
    auto_json value = NULL;
    size_t len = strlen(typed);
    if (is_plain(typed, len)) { /* ten times faster than a tree for a long list */
        json_put_compact(out, typed, len, false);
        return buf_error(out);
    }
    int err = json_parse(typed, len, &value);
    if (err == -ENOMEM)
        return err;
    if (!err && (!cJSON_IsRaw(tree_of(value)) || json_number_survives(tree_of(value)->valuestring)))
        return json_print(value, out);
    json_put_string(out, typed);
    return buf_error(out);
}
