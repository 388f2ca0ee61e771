/* SPDX-License-Identifier: MIT */
/* Merging values into a collection. Knows no store: reading, writing and trying again are lib/cmd's. */
#include "export/collection_json.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

int collection_parse(const struct buf *text, struct json **root)
{
    const char *bytes = buf_text(text);
    bool empty = strspn(bytes, " \t\r\n") == text->len;
    auto_json tree = NULL;
    int err = json_parse_loose(empty ? "{}" : bytes, empty ? 2 : text->len, &tree);
    if (err)
        return err;
    if (!json_is_object(tree))
        return -EINVAL;
    *root = tree;
    tree = NULL;
    return 0;
}

/* Whether the value can be read from within an object: alone it may be nested one level deeper. */
static int check_depth(const char *json)
{
    auto_buf inside = BUF_EMPTY;
    auto_json ignored = NULL;
    buf_printf(&inside, "[%s]", json);
    int err = buf_error(&inside);
    return err ? err : json_parse(buf_text(&inside), inside.len, &ignored);
}

/* Keys are JSON strings like any other: mended when they are not UTF-8. */
static int set_value(struct json *root, const struct collection_value *value)
{
    auto_buf name = BUF_EMPTY;
    int err = check_depth(value->json);
    utf8_put_clean(&name, value->name, strlen(value->name));
    if (!err)
        err = buf_error(&name);
    return err ? err : json_set(root, buf_text(&name), value->json);
}

static int set_values(struct json *root, const struct collection_value *values, size_t len, size_t *left_out)
{
    for (size_t i = 0; i < len; i++) {
        int err = set_value(root, &values[i]);
        if (err == -E2BIG)
            ++*left_out;
        else if (err)
            return err;
    }
    return 0;
}

/* All else in the object stays: other tools may keep their own values there. */
int collection_merge(const struct buf *existing, const struct collection_value *values, size_t len,
                     struct buf *out, size_t *left_out)
{
    const struct buf none = BUF_EMPTY;
    auto_json root = NULL;
    auto_buf text = {.limit = COLLECTION_MAX};
    *left_out = 0;
    int err = collection_parse(existing ? existing : &none, &root);
    if (!err)
        err = set_values(root, values, len, left_out);
    if (!err)
        err = json_print(root, &text);
    if (err)
        return err;
    buf_add(out, text.data, text.len);
    return buf_error(out);
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
