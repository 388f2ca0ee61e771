/* SPDX-License-Identifier: MIT */
/* The local folder backend: its URL, and its functions. */
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/paths.h"
#include "store/backend.h"
#include "store/local.h"
#include "store/name.h"

static enum store_result refuse_url(struct buf *why, const char *fault)
{
    buf_printf(why, "cannot open a file store: %s; the form is file:///dir", fault);
    return STORE_REFUSED;
}

/* Get the folder from the part after "file:". A host is refused: programs disagree about its meaning. */
static enum store_result take_root(struct local_store *fs, const char *rest, struct buf *why)
{
    auto_buf root = BUF_EMPTY;
    if (strncmp(rest, "///", 3))
        return refuse_url(why, "the folder must be absolute, without a host");
    if (name_decode(&root, rest + 2, strlen(rest + 2)))
        return refuse_url(why, "a '%' must be followed by two hex digits");
    while (root.len && root.data[root.len - 1] == '/')
        root.data[--root.len] = '\0';
    if (!root.len)
        return refuse_url(why, "the root folder cannot be a store");
    fs->root = buf_take(&root);
    return STORE_OK;
}

/* Creates no folder: reading must not create a store. */
static enum store_result local_open(struct store *store, const struct store_config *config, const char *rest,
                                    struct buf *why)
{
    struct local_store *fs = store->self = calloc(1, sizeof *fs);
    if (!fs)
        return refuse_url(why, "out of memory");
    fs->deadline_ms = config->deadline_ms;
    fs->hurry = config->hurry;
    enum store_result result = take_root(fs, rest, why);
    if (result)
        return result;
    auto_buf label = BUF_EMPTY;
    paths_put_file_url(&label, fs->root);
    fs->label = store->label = buf_take(&label);
    return fs->label ? STORE_OK : refuse_url(why, "out of memory");
}

static void local_close(struct store *store)
{
    struct local_store *fs = store->self;
    if (!fs)
        return;
    free(fs->root);
    free(fs);
}

const struct store_backend local_backend = {
    .scheme = "file:",
    .open = local_open,
    .close = local_close,
    .put = local_put,
    .get = local_get,
    .list = local_list,
};
