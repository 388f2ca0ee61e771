/* SPDX-License-Identifier: MIT */
/* Two stores seen as one: the real one, and a temporary folder with the spool's runs in it. Owns that folder. */
#include "cmd/preview.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/paths.h"
#include "cmd/finishing.h"
#include "cmd/leftovers.h"

struct preview {
    struct store *real, *spool;
    char folder[64]; /* of the temporary store; "" = none */
};

static int remove_entry(const char *path, unused const struct stat *st, unused int type, unused struct FTW *ftw)
{
    return remove(path);
}

/* nftw() with FTW_PHYS follows no link, and FTW_DEPTH removes what is in a folder before the folder. */
static void preview_close(struct store *store)
{
    struct preview *p = store->self;
    if (!p)
        return;
    store_close(p->real);
    store_close(p->spool);
    if (p->folder[0])
        nftw(p->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(p);
}

static enum store_result preview_put(unused struct store *store, unused const char *name,
                                     unused const struct store_body *body, unused enum store_mode mode,
                                     unused const char *etag, struct buf *why)
{
    buf_str(why, "cannot write to a view of runs");
    return STORE_REFUSED;
}

/* A run that was stored meanwhile is in both: what the store has is what others see. */
static enum store_result preview_get(struct store *store, const char *name, store_sink_fn sink, void *ctx,
                                     struct buf *etag, struct buf *why)
{
    struct preview *p = store->self;
    enum store_result result = store_get(p->real, name, sink, ctx, etag, why);
    return result == STORE_MISSING ? store_get(p->spool, name, sink, ctx, etag, why) : result;
}

/* Names of one listing, each with its NUL. */
static int take_name(void *ctx, const struct store_entry *entry)
{
    buf_add(ctx, entry->name, strlen(entry->name) + 1);
    return 0;
}

/* The spool holds few runs: their names are kept, and fed into the real store's listing where they belong. */
struct merging {
    const char *next, *end; /* names of the spool's runs that have not been given yet */
    store_list_fn each;
    void *ctx;
    int stopped;
};

static int give(struct merging *m, const char *name)
{
    const struct store_entry entry = {.name = name};
    return m->stopped = m->each(m->ctx, &entry);
}

/* Both listings come sorted. A name that both have is given once. */
static int merge_name(void *ctx, const struct store_entry *entry)
{
    struct merging *m = ctx;
    for (int order; m->next < m->end && (order = strcmp(m->next, entry->name)) <= 0; m->next += strlen(m->next) + 1)
        if (order < 0 && give(m, m->next))
            return m->stopped;
    return m->stopped = m->each(m->ctx, entry);
}

static enum store_result preview_list(struct store *store, const char *prefix, store_list_fn each, void *ctx,
                                      struct buf *why)
{
    struct preview *p = store->self;
    auto_buf names = BUF_EMPTY;
    enum store_result result = store_list(p->spool, prefix, take_name, &names, why);
    if (result != STORE_OK)
        return result;
    struct merging m = {.next = buf_text(&names), .end = buf_text(&names) + names.len, .each = each, .ctx = ctx};
    result = store_list(p->real, prefix, merge_name, &m, why);
    while (result == STORE_OK && !m.stopped && m.next < m.end) {
        give(&m, m.next);
        m.next += strlen(m.next) + 1;
    }
    return result;
}

static const struct store_backend preview_backend = {
    .scheme = "",
    .close = preview_close,
    .put = preview_put,
    .get = preview_get,
    .list = preview_list,
};

/* A folder for the temporary store, and the store in it. 0 or -errno. */
static int make_spool_store(struct preview *p)
{
    const struct store_config config = {.getenv = cmd_getenv};
    auto_buf url = BUF_EMPTY, why = BUF_EMPTY;
    snprintf(p->folder, sizeof p->folder, "/tmp/dtrack-preview-XXXXXX");
    if (!mkdtemp(p->folder)) {
        p->folder[0] = '\0';
        return -errno;
    }
    paths_put_file_url(&url, p->folder);
    return store_open(&config, buf_text(&url), &p->spool, &why) == STORE_OK ? 0 : -EIO;
}

/* A run that can't be folded, or is gone by now, is not worth a word: the store may well have it. */
static void add_run(void *ctx, const char *folder)
{
    struct preview *p = ctx;
    if (!p->spool && make_spool_store(p))
        return;
    int not_folded = finish_preview(folder, p->spool);
    (void)not_folded;
}

/* The view on top of `real`, or `real` itself when the spool is empty. Without memory, or a place for the folder, the store
 * alone is shown: no reading command fails for want of a preview. */
static struct store *preview_over(struct store *real)
{
    struct store *store = calloc(1, sizeof *store);
    struct preview *p = calloc(1, sizeof *p);
    char *label = strdup(store_label(real));
    if (store && p && label)
        leftovers_each(add_run, p);
    if (!store || !label || !p || !p->spool) {
        free(store);
        free(p);
        free(label);
        return real;
    }
    p->real = real;
    *store = (struct store){.backend = &preview_backend, .self = p, .label = label};
    return store;
}

/* Who names a store by --store asks for what is in that one. */
struct store *preview_open(const struct command *self, const char *url)
{
    struct store *real = cmd_open_store(self, url);
    return real && !url ? preview_over(real) : real;
}
