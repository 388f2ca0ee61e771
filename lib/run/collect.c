/* SPDX-License-Identifier: MIT */
/* Optimistic concurrency: read, merge, write on condition that the object is unchanged; on a conflict, start over. */
#include "run/collect.h"

#include <errno.h>
#include <string.h>

#include "export/collection_json.h"
#include "store/random.h"
#include "store/retry.h"
#include "sys/clock.h"

enum store_result collect_open(const struct collect_place *place, struct store **store, const char **name,
                               struct buf *why)
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
    enum store_result result = collect_open(place, &store, &name, why);
    if (result == STORE_OK)
        result = store_get_small(store, name, COLLECTION_MAX, text, NULL, why);
    if (result == STORE_REFUSED && text->len) /* it was too long */
        buf_str(why, COLLECT_HELP);
    store_close(store);
    if (result != STORE_MISSING)
        return result;
    buf_clear(text);
    return STORE_OK;
}

/* Values on their way into a collection. */
struct push {
    struct store *store;
    const char *name;
    const struct values *values;
    int64_t deadline;  /* CLOCK_MONOTONIC, ms */
    size_t left_out;   /* values that the collection has no room for */
    unsigned phantoms; /* successive attempts that found no object on reading, but one on creating */
    bool (*hurry)(void);
};

#define PHANTOMS_MAX 3

static const char *merge_fault(int err)
{
    if (err == -EINVAL)
        return "it holds no JSON object";
    if (err == -E2BIG)
        return "it is nested too deeply";
    return err == -EFBIG ? "it is longer than dtrack reads" : strerror(-err);
}

/* The existing object can't take any values until it is repaired. The store's name comes last in the message, since the leader's
 * line may be truncated. */
static enum store_result refuse(const struct push *p, int err, struct buf *why)
{
    buf_clear(why);
    buf_printf(why, "cannot merge values into '%s': %s" COLLECT_HELP "; it stays as it is in %s", p->name,
               merge_fault(err), store_label(p->store));
    return err == -ENOMEM ? STORE_RETRY : STORE_REFUSED;
}

/* Whether the deadline will have passed after a pause of that many ms. */
static bool deadline_precedes(struct push *p, int64_t pause)
{
    if (p->hurry && p->hurry()) {
        p->deadline = MIN(p->deadline, clock_now_ms() + STORE_HURRY_MS);
        p->hurry = NULL;
    }
    return clock_now_ms() + pause >= p->deadline;
}

/* One attempt. STORE_CHANGED or STORE_EXISTS: another writer was faster. */
static enum store_result push_once(struct push *p, struct buf *why)
{
    auto_buf old = BUF_EMPTY, merged = BUF_EMPTY, etag = BUF_EMPTY;
    enum store_result result = store_get_small(p->store, p->name, COLLECTION_MAX, &old, &etag, why);
    bool missing = result == STORE_MISSING;
    if (result == STORE_REFUSED && old.len) /* too long: any other refusal leaves `old` empty */
        return refuse(p, -EFBIG, why);
    if (result != STORE_OK && !missing)
        return result;
    int err = collection_merge(missing ? NULL : &old, p->values->list, p->values->len, &merged, &p->left_out);
    if (err)
        return refuse(p, err, why);
    const struct store_body body = {.fd = -1, .data = merged.data, .size = merged.len, .type = "application/json"};
    if (!missing)
        return store_put(p->store, p->name, &body, STORE_REPLACE, buf_text(&etag), why);
    result = store_put(p->store, p->name, &body, STORE_CREATE, NULL, why);
    p->phantoms = result == STORE_EXISTS ? p->phantoms + 1 : 0;
    return result;
}

/* Randomized exponential backoff, so that jobs which collided don't collide again: even a large fleet that ends at the same time
 * gets through, one job after the other. */
static enum store_result push(struct push *p, struct buf *why)
{
    for (unsigned attempt = 0;; attempt++) {
        enum store_result result = push_once(p, why);
        if (result != STORE_CHANGED && result != STORE_EXISTS)
            return result;
        if (p->phantoms == PHANTOMS_MAX) { /* in a local store: a folder, a FIFO or a symlink has the object's name */
            buf_clear(why);
            buf_printf(why, "cannot write '%s' in %s: what is there is no object; move it away", p->name,
                       store_label(p->store));
            return STORE_REFUSED;
        }
        uint32_t random;
        random_fill(&random, sizeof random);
        int64_t pause = retry_backoff_ms(attempt, random);
        if (deadline_precedes(p, pause))
            break;
        clock_sleep_unless(pause, p->hurry);
    }
    buf_clear(why);
    buf_printf(why, "'%s' in %s was changed by others again and again", p->name, store_label(p->store));
    return STORE_RETRY;
}

enum store_result collect_push(const struct store_config *config, const char *url, const char *collection,
                               const struct values *values, struct buf *why)
{
    const struct collect_place place = {config, url, collection};
    int64_t limit_ms = config->deadline_ms > 0 ? config->deadline_ms : STORE_DEADLINE_MS;
    struct push p = {.values = values, .deadline = clock_now_ms() + limit_ms, .hurry = config->hurry};
    if (config->until_ms)
        p.deadline = MIN(p.deadline, *config->until_ms);
    enum store_result result = collect_open(&place, &p.store, &p.name, why);
    if (result == STORE_OK)
        result = push(&p, why);
    if (result == STORE_OK)
        buf_clear(why); /* an earlier attempt may have left a message */
    if (result == STORE_OK && p.left_out)
        buf_printf(why, "cannot take %zu of %zu values into '%s' in %s: nested too deeply, or no room is left",
                   p.left_out, values->len, p.name, store_label(p.store));
    store_close(p.store);
    return result == STORE_OK || result == STORE_REFUSED ? result : STORE_RETRY;
}
