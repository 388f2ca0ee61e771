/* SPDX-License-Identifier: MIT */
/* Read, merge, write if nobody else has meanwhile; else again. */
#include "cmd/collect.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "export/collection.h"

#define TRIES 8
#define FIRST_WAIT_MS 20 /* doubled with each try, and drawn by lot */

/* Open the store that holds the collection. *name points into place->collection. */
static enum store_result open_place(const struct collect_place *place, struct store **store,
                                    const char **name, struct buf *why)
{
    auto_buf url = BUF_EMPTY;
    if (!collection_place(place->url, place->collection, &url, name))
        return store_open(place->config, buf_text(&url), store, why);
    buf_clear(why);
    buf_printf(why, "the collection '%s' is not of the form CONTAINER/BLOB", place->collection);
    return STORE_REFUSED;
}

enum store_result collect_read(const struct collect_place *place, struct buf *text, struct buf *why)
{
    struct store *store = NULL;
    const char *name;
    enum store_result result = open_place(place, &store, &name, why);
    if (result == STORE_OK)
        result = store_get_small(store, name, COLLECTION_MAX, text, NULL, why);
    store_close(store);
    if (result != STORE_MISSING)
        return result;
    buf_clear(text);
    return STORE_OK;
}

/* Jobs that collided once must not do so again: wait between half and all of a growing time. */
static void wait_a_little(int attempt)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    unsigned lot = (unsigned)now.tv_nsec ^ (unsigned)getpid() * 2654435761u;
    long ms = (long)FIRST_WAIT_MS << MIN(attempt, 5);
    ms = ms / 2 + (long)(lot % (unsigned)(ms / 2 + 1));
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* One round. STORE_CHANGED or STORE_EXISTS: somebody was faster. */
static enum store_result push_once(struct store *store, const char *name, const struct values *values,
                                   struct buf *why)
{
    auto_buf old = BUF_EMPTY, merged = BUF_EMPTY, etag = BUF_EMPTY;
    enum store_result result = store_get_small(store, name, COLLECTION_MAX, &old, &etag, why);
    bool missing = result == STORE_MISSING;
    if (result != STORE_OK && !missing)
        return result;
    int err = collection_merge(missing ? NULL : &old, values->list, values->len, &merged);
    if (err) {
        buf_clear(why);
        buf_printf(why, "cannot merge values into '%s' in %s, which stays as it is: %s", name,
                   store_label(store), err == -EINVAL ? "it holds no JSON object" : strerror(-err));
        return STORE_REFUSED;
    }
    const struct store_body body = {
        .fd = -1, .data = merged.data, .size = merged.len, .type = "application/json"};
    return missing ? store_put(store, name, &body, STORE_CREATE, NULL, why)
                   : store_put(store, name, &body, STORE_REPLACE, buf_text(&etag), why);
}

static enum store_result push(struct store *store, const char *name, const struct values *values,
                              struct buf *why)
{
    enum store_result result = STORE_CHANGED;
    for (int attempt = 0; attempt < TRIES; attempt++) {
        result = push_once(store, name, values, why);
        if (result != STORE_CHANGED && result != STORE_EXISTS)
            return result;
        wait_a_little(attempt);
    }
    buf_clear(why);
    buf_printf(why, "'%s' in %s was changed by others again and again", name, store_label(store));
    return result;
}

bool collect_push(const struct store_config *config, const char *url, const char *collection,
                  const struct values *values, struct buf *why)
{
    const struct collect_place place = {config, url, collection};
    struct store *store = NULL;
    const char *name;
    enum store_result result = open_place(&place, &store, &name, why);
    if (result == STORE_OK)
        result = push(store, name, values, why);
    store_close(store);
    return result == STORE_OK;
}
