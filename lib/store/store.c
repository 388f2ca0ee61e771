/* SPDX-License-Identifier: MIT */
/* The common layer above the backends: chooses one by URL, and does the checks that they share. */
#include "store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/backend.h"
#include "store/body.h"
#include "store/module.h"
#include "store/name.h"

static const struct store_backend *const built_in[] = {&local_backend, &null_backend, NULL};

/* The schemes of the backends in the network module. */
static const char *const remote[] = {"azure:"};

/* Schemes in the tables include the colon, so that none is a prefix of another. */
static bool has_scheme(const char *url, const char *scheme)
{
    return !strncmp(url, scheme, strlen(scheme));
}

static const struct store_backend *find(const struct store_backend *const *backends, const char *url)
{
    for (; *backends; backends++)
        if (has_scheme(url, (*backends)->scheme))
            return *backends;
    return NULL;
}

/* The scheme of a URL that needs the module, or NULL. */
static const char *remote_scheme(const char *url)
{
    for (size_t i = 0; i < ARRAY_LEN(remote); i++)
        if (has_scheme(url, remote[i]))
            return remote[i];
    return NULL;
}

/* Only the scheme is shown: the rest of a mistyped URL may be a credential. */
static enum store_result refuse_url(const char *url, struct buf *why)
{
    size_t scheme = strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
    if (url[scheme] == ':' && scheme < 20)
        buf_printf(why, "cannot open a store of kind '%.*s:'", (int)scheme, url);
    else
        buf_str(why, "cannot open a store: what was given is not a URL");
    buf_str(why, "; use file:///dir, azure://CONTAINER[/PREFIX] or null:");
    return STORE_REFUSED;
}

/* Find the backend for the URL. STORE_RETRY when the module does not load: the installation may be repaired later. */
static enum store_result choose(const char *url, const struct store_backend **out, struct buf *why)
{
    const char *scheme = remote_scheme(url);
    if (!scheme) {
        *out = find(built_in, url);
        return *out ? STORE_OK : refuse_url(url, why);
    }
    buf_printf(why, "cannot use %s//…: ", scheme);
    const struct store_backend *const *backends = module_load(why);
    *out = backends ? find(backends, url) : NULL;
    if (!*out)
        return STORE_RETRY;
    buf_clear(why);
    return STORE_OK;
}

enum store_result store_prepare(const char *url, struct buf *why)
{
    const struct store_backend *backend;
    buf_clear(why);
    return remote_scheme(url) ? choose(url, &backend, why) : STORE_OK;
}

enum store_result store_open(const struct store_config *config, const char *url, struct store **out, struct buf *why)
{
    buf_clear(why);
    const struct store_backend *backend;
    enum store_result result = choose(url, &backend, why);
    if (result)
        return result;
    struct store *store = calloc(1, sizeof *store);
    if (!store) {
        buf_str(why, "cannot open a store: out of memory");
        return STORE_RETRY;
    }
    store->backend = backend;
    struct store_config full = *config;
    full.deadline_ms = config->deadline_ms > 0 ? config->deadline_ms : STORE_DEADLINE_MS;
    result = backend->open(store, &full, url + strlen(backend->scheme), why);
    if (result)
        store_close(store);
    else
        *out = store;
    return result;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    store->backend->close(store);
    free(store->label);
    free(store);
}

const char *store_label(const struct store *store)
{
    return store->label;
}

/* Clear `why` and judge the name. */
static enum store_result check_name(const struct store *store, const char *name, struct buf *why)
{
    buf_clear(why);
    const char *fault = name_fault(name);
    if (!fault)
        return STORE_OK;
    buf_printf(why, "cannot use the name '%s' at %s: it %s", name, store->label, fault);
    return STORE_REFUSED;
}

enum store_result store_put(struct store *store, const char *name, const struct store_body *body, enum store_mode mode,
                            const char *etag, struct buf *why)
{
    enum store_result result = check_name(store, name, why);
    if (result)
        return result;
    if (mode == STORE_REPLACE && (!etag || !*etag)) {
        buf_printf(why, "cannot replace '%s' at %s: the tag of what was read is missing", name, store->label);
        return STORE_REFUSED;
    }
    return store->backend->put(store, name, body, mode, etag, why);
}

enum store_result store_get(struct store *store, const char *name, store_sink_fn sink, void *ctx, struct buf *etag,
                            struct buf *why)
{
    enum store_result result = check_name(store, name, why);
    return result ? result : store->backend->get(store, name, sink, ctx, etag, why);
}

/* The state of comparing a body with an object that is being read. */
struct comparison {
    const struct store_body *body;
    uint64_t at;
    int error; /* of reading the body */
    bool differs;
};

/* Compare one piece; stops at the first difference, so that little is read of a large object. */
static int compare_piece(void *ctx, const void *bytes, size_t len)
{
    struct comparison *c = ctx;
    char own[4096];
    for (size_t done = 0; done < len && !c->differs && !c->error;) {
        size_t part = MIN(len - done, sizeof own);
        c->error = body_read(c->body, c->at, own, part);
        c->differs = c->error == -ENODATA || (!c->error && memcmp(own, (const char *)bytes + done, part));
        c->at += part;
        done += part;
    }
    return c->differs ? -EEXIST : c->error;
}

/* Whether an existing object has the same content is decided by its bytes: backends compute tags differently. */
enum store_result store_put_once(struct store *store, const char *name, const struct store_body *body, struct buf *why)
{
    enum store_result result = store_put(store, name, body, STORE_CREATE, NULL, why);
    if (result != STORE_EXISTS)
        return result;
    struct comparison c = {.body = body};
    result = store_get(store, name, compare_piece, &c, NULL, why);
    if (result == STORE_MISSING) /* existed, and now does not: deleted meanwhile, or an inconsistent answer */
        return STORE_RETRY;
    if (!c.differs && (result || c.at == body->size))
        return result;
    buf_clear(why);
    buf_printf(why, "cannot write '%s' at %s: it exists and has other content", name, store->label);
    return STORE_EXISTS;
}

struct small {
    struct buf *out;
    size_t limit;
    bool too_large;
};

/* Append a piece; stop reading beyond the limit, so that an unexpectedly large object can't exhaust memory. */
static int small_add(void *ctx, const void *bytes, size_t len)
{
    struct small *small = ctx;
    small->too_large = len > small->limit - small->out->len;
    if (small->too_large)
        return -EFBIG;
    buf_add(small->out, bytes, len);
    return buf_error(small->out);
}

enum store_result store_get_small(struct store *store, const char *name, size_t limit, struct buf *out,
                                  struct buf *etag, struct buf *why)
{
    struct small small = {.out = out, .limit = limit};
    buf_clear(out);
    enum store_result result = store_get(store, name, small_add, &small, etag, why);
    if (small.too_large) {
        buf_clear(why);
        buf_printf(why, "cannot read '%s' at %s: it is larger than %zu bytes", name, store->label, limit);
    }
    return result;
}

enum store_result store_list(struct store *store, const char *prefix, store_list_fn each, void *ctx, struct buf *why)
{
    buf_clear(why);
    return store->backend->list(store, prefix, each, ctx, why);
}
