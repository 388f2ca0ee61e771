/* SPDX-License-Identifier: MIT */
/* Two stores seen as one: the real one, and the spool's runs, folded into a file without a name: whatever ends the command,
 * nothing is left of it. Owns that file. */
#include "cmd/preview.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "run/context.h"
#include "run/finish_run.h"
#include "run/pending_runs.h"
#include "store/body.h"

#define PIECE_BYTES ((size_t)64 << 10)

/* One object of the spool's runs, and where it lies in the file. */
struct kept {
    char *name;
    uint64_t offset, size;
};

struct kept_list {
    FILE *file;
    uint64_t used;
    struct kept *list;
    size_t len;
};

struct preview {
    struct store *real;
    struct store spool; /* over `kept` */
    struct kept_list kept;
    const char *url;      /* of the real store, until all runs are added; NULL for those of any */
    bool gave_from_spool; /* the object that was read last */
};

static void kept_release(struct kept_list *k)
{
    for (size_t i = 0; i < k->len; i++)
        free(k->list[i].name);
    free(k->list);
    if (k->file)
        fclose(k->file);
}

/* Append the body to the file. 0 or a negative errno. */
static int kept_copy(struct kept_list *k, const struct store_body *body)
{
    auto_free char *piece = malloc(PIECE_BYTES);
    int err = piece ? 0 : -ENOMEM;
    for (uint64_t done = 0, len; done < body->size && !err; done += len) {
        len = MIN(body->size - done, (uint64_t)PIECE_BYTES);
        err = body_read(body, done, piece, (size_t)len);
        if (!err && pwrite(fileno(k->file), piece, (size_t)len, (off_t)(k->used + done)) != (ssize_t)len)
            err = -EIO;
    }
    return err;
}

static enum store_result kept_put(struct store *store, const char *name, const struct store_body *body,
                                  unused enum store_mode mode, unused const char *etag, struct buf *why)
{
    struct kept_list *k = store->self;
    struct kept *more = realloc(k->list, (k->len + 1) * sizeof *more);
    char *copy = strdup(name);
    k->list = more ? more : k->list;
    if (!more || !copy || kept_copy(k, body)) {
        free(copy);
        buf_str(why, "no room to look at the runs in the spool");
        return STORE_REFUSED;
    }
    k->list[k->len++] = (struct kept){copy, k->used, body->size};
    k->used += body->size;
    return STORE_OK;
}

static const struct kept *kept_find(const struct kept_list *k, const char *name)
{
    for (size_t i = 0; i < k->len; i++)
        if (!strcmp(k->list[i].name, name))
            return &k->list[i];
    return NULL;
}

static enum store_result kept_get(struct store *store, const char *name, store_sink_fn sink, void *ctx,
                                  unused struct buf *etag, struct buf *why)
{
    const struct kept_list *k = store->self;
    const struct kept *object = kept_find(k, name);
    auto_free char *piece = malloc(PIECE_BYTES);
    if (!object)
        return STORE_MISSING;
    for (uint64_t done = 0, len; done < object->size; done += len) {
        len = MIN(object->size - done, (uint64_t)PIECE_BYTES);
        if (!piece || pread(fileno(k->file), piece, (size_t)len, (off_t)(object->offset + done)) != (ssize_t)len) {
            buf_printf(why, "cannot read '%s' of the spool", name);
            return STORE_RETRY;
        }
        if (sink(ctx, piece, (size_t)len))
            return STORE_REFUSED;
    }
    return STORE_OK;
}

static int compare_kept(const void *a, const void *b)
{
    return strcmp(((const struct kept *)a)->name, ((const struct kept *)b)->name);
}

static enum store_result kept_names(struct store *store, const char *prefix, store_list_fn each, void *ctx,
                                    unused struct buf *why)
{
    struct kept_list *k = store->self;
    if (k->len)
        qsort(k->list, k->len, sizeof *k->list, compare_kept);
    for (size_t i = 0; i < k->len; i++) {
        const struct store_entry entry = {.name = k->list[i].name, .size = k->list[i].size};
        if (!strncmp(entry.name, prefix, strlen(prefix)) && each(ctx, &entry))
            break;
    }
    return STORE_OK;
}

static const struct store_backend kept_backend = {.scheme = "", .put = kept_put, .get = kept_get, .list = kept_names};

static void preview_close(struct store *store)
{
    struct preview *p = store->self;
    if (!p)
        return;
    store_close(p->real);
    kept_release(&p->kept);
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
    p->gave_from_spool = result == STORE_MISSING && kept_find(&p->kept, name);
    return p->gave_from_spool ? store_get(&p->spool, name, sink, ctx, etag, why) : result;
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
    enum store_result result = store_list(&p->spool, prefix, take_name, &names, why);
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

/* Whether the run in `folder` is meant for the store that is read: what waits for another one is none of its runs. */
static bool is_meant_for(const char *folder, const char *url)
{
    char *only[] = {(char *)(uintptr_t)url, NULL};
    struct context c = {0};
    struct run_folder run;
    int err = run_folder_open(&run, folder);
    if (!err)
        err = context_load(&c, run.folder_fd, run.header, cmd_getenv);
    bool is_meant = !err && !c.stores; /* it waits for any */
    for (char **kept = c.stores; kept && *kept && !is_meant; kept++)
        is_meant = context_store_url(*kept, only) == url;
    context_release(&c);
    run_folder_close(&run);
    return is_meant;
}

/* A run that can't be folded, or is gone by now, is not worth a word: the store may well have it. */
static void add_run(void *ctx, const char *folder)
{
    struct preview *p = ctx;
    if ((p->url && !is_meant_for(folder, p->url)) || (!p->kept.file && !(p->kept.file = tmpfile())))
        return;
    int not_folded = finish_preview(folder, cmd_getenv, &p->spool);
    (void)not_folded;
}

/* The view on top of `real`, or `real` itself when the spool has nothing for it. Without memory, or a place for the file, the
 * store alone is shown: no reading command fails for want of a preview. */
static struct store *preview_over(struct store *real, const char *url)
{
    struct store *store = calloc(1, sizeof *store);
    struct preview *p = calloc(1, sizeof *p);
    char *label = strdup(store_label(real));
    if (store && p && label) {
        p->url = url;
        p->spool = (struct store){.backend = &kept_backend, .self = &p->kept, .label = label};
        pending_runs_each(cmd_getenv, add_run, p);
    }
    if (!store || !label || !p || !p->kept.len) {
        if (p)
            kept_release(&p->kept);
        free(store);
        free(p);
        free(label);
        return real;
    }
    p->real = real;
    *store = (struct store){.backend = &preview_backend, .self = p, .label = label};
    return store;
}

bool preview_gave_waiting(const struct store *store)
{
    return store->backend == &preview_backend && ((const struct preview *)store->self)->gave_from_spool;
}

/* Who names a store by --store asks for what is in that one. Who names none at all looks at all that this machine has. */
struct store *preview_open(const struct command *self, const char *url, enum preview_of of)
{
    auto_free char *found = cmd_store_url(self, url);
    struct store *real = found ? cmd_open_store(self, found) : NULL;
    bool is_any = of == PREVIEW_ANY || !cmd_setting(SETTING_STORE);
    if (real && !url)
        (void)cmd_complain_of_places(self); /* what the store has is shown all the same */
    return real && !url ? preview_over(real, is_any ? NULL : found) : real;
}
