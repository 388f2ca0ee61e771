/* SPDX-License-Identifier: MIT */
/* Read, merge, write if nobody else has meanwhile; else again. */
#include "run/collect.h"

#include <errno.h>
#include <string.h>

#include "export/collection_json.h"
#include "store/random.h"
#include "store/retry.h"
#include "sys/clock.h"

enum store_result collect_open(const struct collect_place *place, struct store **store, const char **name, struct buf *why)
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
    int64_t deadline; /* CLOCK_MONOTONIC, ms */
    size_t left_out;  /* values that cannot be taken in */
    unsigned ghosts;  /* rounds in a row in which nothing could be read, and nothing created either */
    bool (*hurry)(void);
};

#define GHOSTS_MAX 3

static const char *merge_fault(int err)
{
    if (err == -EINVAL)
        return "it holds no JSON object";
    if (err == -E2BIG)
        return "it is nested too deeply";
    return err == -EFBIG ? "it is longer than dtrack reads" : strerror(-err);
}

/* Values find no way into what is there, whenever they come: it has to be repaired. The store comes last, as the leader's line may
 * be cut. */
static enum store_result refuse(const struct push *p, int err, struct buf *why)
{
    buf_clear(why);
    buf_printf(why, "cannot merge values into '%s': %s" COLLECT_HELP "; it stays as it is in %s", p->name, merge_fault(err),
               store_label(p->store));
    return err == -ENOMEM ? STORE_RETRY : STORE_REFUSED;
}

/* Whether there is no time left after that pause. */
static bool is_late(struct push *p, int64_t pause)
{
    if (p->hurry && p->hurry()) {
        p->deadline = MIN(p->deadline, clock_now_ms() + STORE_HURRY_MS);
        p->hurry = NULL;
    }
    return clock_now_ms() + pause >= p->deadline;
}

/* One round. STORE_CHANGED or STORE_EXISTS: somebody was faster. */
static enum store_result push_once(struct push *p, struct buf *why)
{
    auto_buf old = BUF_EMPTY, merged = BUF_EMPTY, etag = BUF_EMPTY;
    enum store_result result = store_get_small(p->store, p->name, COLLECTION_MAX, &old, &etag, why);
    bool missing = result == STORE_MISSING;
    if (result == STORE_REFUSED && old.len) /* too long: what cannot be read gives no byte */
        return refuse(p, -EFBIG, why);
    if (result != STORE_OK && !missing)
        return result;
    int err = collection_merge(missing ? NULL : &old, p->values->list, p->values->len, &merged, &p->left_out);
    if (err)
        return refuse(p, err, why);
    const struct store_body body = {
        .fd = -1, .data = merged.data, .size = merged.len, .type = "application/json"};
    if (!missing)
        return store_put(p->store, p->name, &body, STORE_REPLACE, buf_text(&etag), why);
    result = store_put(p->store, p->name, &body, STORE_CREATE, NULL, why);
    p->ghosts = result == STORE_EXISTS ? p->ghosts + 1 : 0;
    return result;
}

/* Jobs that collided once must not do so again, so each waits between half and all of a growing time. A whole fleet
 * that ends at once gets through as well, one after the other. */
static enum store_result push(struct push *p, struct buf *why)
{
    for (unsigned attempt = 0;; attempt++) {
        enum store_result result = push_once(p, why);
        if (result != STORE_CHANGED && result != STORE_EXISTS)
            return result;
        if (p->ghosts == GHOSTS_MAX) { /* a folder, a pipe or a link in a store that is a folder */
            buf_clear(why);
            buf_printf(why, "cannot write '%s' in %s: what is there is no object; move it away", p->name, store_label(p->store));
            return STORE_REFUSED;
        }
        uint32_t lot;
        random_fill(&lot, sizeof lot);
        int64_t pause = retry_backoff_ms(attempt, lot);
        if (is_late(p, pause))
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
        buf_clear(why); /* there may be a word about a container that is there by now */
    if (result == STORE_OK && p.left_out)
        buf_printf(why, "cannot take %zu of %zu values into '%s' in %s: nested too deeply, or no room is left", p.left_out, values->len, p.name,
                   store_label(p.store));
    store_close(p.store);
    return result == STORE_OK || result == STORE_REFUSED ? result : STORE_RETRY;
}
