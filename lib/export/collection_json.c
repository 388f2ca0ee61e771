/* SPDX-License-Identifier: MIT */
/* Merging values into a collection. Knows no store: reading, writing and trying again are lib/cmd's. */
#include "export/collection_json.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_lex.h"
#include "base/json_write.h"
#include "base/lookup.h"
#include "base/utf8.h"

int collection_compact(const struct buf *text, struct buf *out)
{
    static const char mark[] = "\xEF\xBB\xBF";
    const char *bytes = buf_text(text);
    size_t len = text->len, skip = len >= 3 && !memcmp(bytes, mark, 3) ? 3 : 0;
    struct json_slice unused_text;
    struct json_lexer lx = {.at = bytes + skip, .end = bytes + len, .loose = true};
    if (strspn(bytes, " \t\r\n") == len) {
        buf_str(out, "{}");
        return buf_error(out);
    }
    enum json_token first = json_lex(&lx, &unused_text);
    int err = json_lex_skip(&lx, first);
    if (!err && (first != JSON_OPEN_OBJECT || json_lex(&lx, &unused_text) != JSON_END))
        err = -EINVAL;
    if (err)
        return err;
    json_put_compact(out, bytes + skip, len - skip, true);
    return buf_error(out);
}

struct collection_walk collection_members(const struct buf *compact)
{
    const char *text = buf_text(compact);
    return (struct collection_walk){.lx = {.at = text, .end = text + compact->len, .loose = true}};
}

bool collection_next(struct collection_walk *w)
{
    struct json_slice key, unused_text;
    enum json_token token = json_lex(&w->lx, &key);
    if (token == JSON_COMMA || token == JSON_OPEN_OBJECT)
        token = json_lex(&w->lx, &key);
    buf_clear(&w->key);
    if (token != JSON_STRING)
        return false;
    buf_add(&w->key, key.text, key.len);
    buf_char(&w->key, '\0');
    if (buf_error(&w->key))
        return false;
    json_unescape(&key, w->key.data);
    json_lex(&w->lx, &unused_text);
    w->member = key.text - 1;
    w->value = w->lx.at;
    if (json_lex_skip(&w->lx, json_lex(&w->lx, &unused_text)))
        return false;
    w->member_len = (size_t)(w->lx.at - w->member);
    w->value_len = (size_t)(w->lx.at - w->value);
    return true;
}

/* One name that gets a value. */
struct entry {
    size_t name;      /* where it is in the text of names */
    size_t item, len; /* "name":value, in the text of items */
    size_t old;       /* bytes of the members that it replaces, with their commas */
    bool fits, is_put;
};

/* A merge under way. No trees: a collection of short values would take fifty times its length. */
struct merge {
    struct buf existing; /* compact */
    struct buf names, items;
    struct entry *entries;
    size_t len;
    struct lookup by_name;
    size_t *left_out;
};

static const char *name_of(const void *ctx, size_t index)
{
    const struct merge *m = ctx;
    return m->names.data + m->entries[index].name;
}

/* Whether the text is one value, which can be read from within an object: alone it may be nested one level deeper. */
static int check_value(const char *json)
{
    auto_buf inside = BUF_EMPTY;
    struct json_slice slice;
    struct json_lexer alone = {.at = json, .end = json + strlen(json)};
    int err = json_lex_skip(&alone, json_lex(&alone, &slice));
    if (!err && json_lex(&alone, &slice) != JSON_END)
        err = -EINVAL;
    buf_printf(&inside, "[%s]", json);
    struct json_lexer lx = {.at = buf_text(&inside), .end = buf_text(&inside) + inside.len};
    if (!err)
        err = buf_error(&inside);
    return err ? err : json_lex_skip(&lx, json_lex(&lx, &slice));
}

/* Keys are JSON strings like any other: mended when they are not UTF-8. A later value of a name takes the earlier one's place. */
static int add_entry(struct merge *m, const struct collection_value *value)
{
    struct entry made = {.name = m->names.len, .item = m->items.len};
    utf8_put_clean(&m->names, value->name, strlen(value->name));
    json_put_string(&m->items, buf_text(&m->names) + made.name);
    buf_char(&m->names, '\0');
    buf_char(&m->items, ':');
    json_put_compact(&m->items, value->json, strlen(value->json), false);
    made.len = m->items.len - made.item;
    int err = buf_error(&m->names) ? buf_error(&m->names) : buf_error(&m->items);
    if (err)
        return err;
    size_t before = lookup_find(&m->by_name, name_of, m, m->names.data + made.name);
    if (before != LOOKUP_NONE) {
        m->entries[before].item = made.item;
        m->entries[before].len = made.len;
        return 0;
    }
    m->entries[m->len++] = made;
    return lookup_add(&m->by_name, name_of, m, m->len - 1);
}

static int add_entries(struct merge *m, const struct collection_value *values, size_t len)
{
    m->entries = calloc(len + 1, sizeof *m->entries);
    if (!m->entries)
        return -ENOMEM;
    for (size_t i = 0; i < len; i++) {
        int err = check_value(values[i].json);
        if (err == -E2BIG)
            ++*m->left_out;
        else if (!err)
            err = add_entry(m, &values[i]);
        if (err && err != -E2BIG)
            return err;
    }
    return 0;
}

/* The entry that replaces the member in hand, or NULL. */
static struct entry *entry_of(struct merge *m, const struct collection_walk *w)
{
    size_t at = lookup_find(&m->by_name, name_of, m, w->key.data);
    return at == LOOKUP_NONE ? NULL : &m->entries[at];
}

/* Decide who finds room beside what stays. Earlier values come first; one that has none leaves the member as it is. */
static void find_room(struct merge *m)
{
    struct collection_walk w = collection_members(&m->existing);
    struct entry *entry;
    while (collection_next(&w))
        if ((entry = entry_of(m, &w)))
            entry->old += w.member_len + 1;
    buf_release(&w.key);
    size_t used = m->existing.len + 1;
    for (size_t i = 0; i < m->len; i++) {
        entry = &m->entries[i];
        entry->fits = used - entry->old + entry->len + 1 <= COLLECTION_MAX;
        if (entry->fits)
            used += entry->len + 1 - entry->old;
        else
            ++*m->left_out;
    }
}

static void put_item(struct buf *out, const char *text, size_t len)
{
    if (out->data[out->len - 1] != '{')
        buf_char(out, ',');
    buf_add(out, text, len);
}

/* Of a member that repeats, and is replaced, one is left. */
static void put_entry(struct merge *m, struct buf *out, struct entry *entry)
{
    if (!entry->is_put)
        put_item(out, m->items.data + entry->item, entry->len);
    entry->is_put = true;
}

static int put_all(struct merge *m, struct buf *out)
{
    struct collection_walk w = collection_members(&m->existing);
    buf_char(out, '{');
    if (buf_error(out))
        return buf_error(out);
    while (collection_next(&w)) {
        struct entry *entry = entry_of(m, &w);
        if (entry && entry->fits)
            put_entry(m, out, entry);
        else
            put_item(out, w.member, w.member_len);
    }
    int err = buf_error(&w.key);
    buf_release(&w.key);
    for (size_t i = 0; i < m->len; i++)
        if (m->entries[i].fits)
            put_entry(m, out, &m->entries[i]);
    buf_char(out, '}');
    return err ? err : buf_error(out);
}

static void merge_release(struct merge *m)
{
    buf_release(&m->existing);
    buf_release(&m->names);
    buf_release(&m->items);
    lookup_release(&m->by_name);
    free(m->entries);
}

/* All else in the object stays: other tools may keep their own values there. */
int collection_merge(const struct buf *existing, const struct collection_value *values, size_t len, struct buf *out,
                     size_t *left_out)
{
    const struct buf none = BUF_EMPTY;
    struct merge m = {.left_out = left_out};
    *left_out = 0;
    int err = collection_compact(existing ? existing : &none, &m.existing);
    if (!err)
        err = add_entries(&m, values, len);
    if (!err) {
        find_room(&m);
        err = put_all(&m, out);
    }
    merge_release(&m);
    return err;
}

/* In Azure the first part of the name is a container of its own, beside that of the runs: whoever may read the values need
 * not be allowed to read runs. In a folder it lies with them. */
int collection_place(const char *store_url, const char *collection, struct buf *url, const char **name)
{
    static const char azure[] = "azure://";
    const char *slash = strchr(collection, '/');
    if (strncmp(store_url, azure, sizeof azure - 1)) {
        buf_str(url, store_url);
        *name = collection;
        return buf_error(url);
    }
    if (!slash || slash == collection || !slash[1])
        return -EINVAL;
    buf_str(url, azure);
    buf_add(url, collection, (size_t)(slash - collection));
    *name = slash + 1;
    return buf_error(url);
}
