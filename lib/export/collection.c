/* SPDX-License-Identifier: MIT */
/* Merging values into a collection. Knows no store: reading, writing and trying again are lib/cmd's. */
#include "export/collection.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

/* Keys are JSON strings like any other: mended when they are not UTF-8. */
static int set_value(struct json *root, const struct collection_value *value)
{
    auto_buf name = BUF_EMPTY;
    utf8_put_clean(&name, value->name, strlen(value->name));
    int err = buf_error(&name);
    return err ? err : json_set(root, buf_text(&name), value->json);
}

/* All else in the object stays: other tools may keep their own values there. */
int collection_merge(const struct buf *existing, const struct collection_value *values, size_t len,
                     struct buf *out)
{
    auto_json root = NULL;
    int err = existing ? json_parse(buf_text(existing), existing->len, &root) : json_parse("{}", 2, &root);
    if (!err && !json_is_object(root))
        err = -EINVAL;
    for (size_t i = 0; !err && i < len; i++)
        err = set_value(root, &values[i]);
    return err ? err : json_print(root, out);
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
