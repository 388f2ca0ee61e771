/* SPDX-License-Identifier: MIT */
/* The store that keeps nothing: accepts every object and contains none. For switching storage off, and for measurements. */
#include <string.h>

#include "store/backend.h"

static enum store_result null_open(struct store *store, const struct store_config *config, const char *rest,
                                   struct buf *why)
{
    (void)config;
    if (*rest) {
        buf_str(why, "cannot open a null store: write it as null:");
        return STORE_REFUSED;
    }
    store->label = strdup("null:");
    if (store->label)
        return STORE_OK;
    buf_str(why, "cannot open a null store: out of memory");
    return STORE_RETRY;
}

static void null_close(struct store *store)
{
    (void)store;
}

static enum store_result null_put(struct store *store, const char *name, const struct store_body *body,
                                  enum store_mode mode, const char *etag, struct buf *why)
{
    (void)store, (void)body, (void)etag;
    if (mode == STORE_CREATE)
        return STORE_OK;
    buf_printf(why, "cannot write '%s' at null: it changed since it was read", name);
    return STORE_CHANGED;
}

static enum store_result null_get(struct store *store, const char *name, store_sink_fn sink, void *ctx,
                                  struct buf *etag, struct buf *why)
{
    (void)store, (void)sink, (void)ctx, (void)etag;
    buf_printf(why, "cannot read '%s' at null: it does not exist", name);
    return STORE_MISSING;
}

static enum store_result null_list(struct store *store, const char *prefix, store_list_fn each, void *ctx,
                                   struct buf *why)
{
    (void)store, (void)prefix, (void)each, (void)ctx, (void)why;
    return STORE_OK;
}

const struct store_backend null_backend = {
    .scheme = "null:",
    .open = null_open,
    .close = null_close,
    .put = null_put,
    .get = null_get,
    .list = null_list,
};
