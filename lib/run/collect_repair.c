/* SPDX-License-Identifier: MIT */
/* Read, keep the old bytes under another name, write what was recovered on condition that the object is unchanged; on a conflict,
 * start over. */
#include "run/collect_repair.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define ROUNDS_MAX 5

void collect_repaired_release(struct collect_repaired *r)
{
    collection_repair_release(&r->r);
    buf_release(&r->label);
    buf_release(&r->old);
}

static enum store_result no_memory(struct buf *why)
{
    buf_clear(why);
    buf_str(why, "not enough memory");
    return STORE_RETRY;
}

static struct store_body body_of(const struct buf *bytes, const char *type)
{
    return (struct store_body){.fd = -1, .data = bytes->data, .size = bytes->len, .type = type};
}

/* Keep the bytes beside the collection, and append that object's name to `old`, which holds "CONTAINER/" already. Of two repairs in
 * the same second, the second finds the same bytes there, or fails when it writes the collection. */
static enum store_result keep_old(struct store *store, const char *name, const struct buf *text, struct buf *old,
                                  struct buf *why)
{
    size_t container = old->len;
    char at[32];
    time_t now = time(NULL);
    struct tm utc;
    const struct store_body body = body_of(text, "application/octet-stream");
    if (!gmtime_r(&now, &utc) || !strftime(at, sizeof at, "%Y%m%dT%H%M%SZ", &utc))
        return no_memory(why);
    buf_printf(old, "%s.broken-%s", name, at);
    return buf_error(old) ? no_memory(why) : store_put_once(store, old->data + container, &body, why);
}

/* One attempt. STORE_CHANGED: another process has written since it was read. */
static enum store_result repair_once(struct store *store, const struct collect_place *place, const char *name,
                                     struct collect_repaired *out, struct buf *why)
{
    auto_buf text = BUF_EMPTY, etag = BUF_EMPTY;
    enum store_result result = store_get_small(store, name, REPAIR_MAX, &text, &etag, why);
    out->is_missing = result == STORE_MISSING;
    if (result != STORE_OK)
        return out->is_missing ? STORE_OK : result;
    collection_repair_release(&out->r);
    if (collection_repair(&text, &out->r))
        return no_memory(why);
    if (out->r.is_sound)
        return STORE_OK;
    buf_clear(&out->old);
    buf_add(&out->old, place->collection, (size_t)(name - place->collection));
    result = keep_old(store, name, &text, &out->old, why);
    if (result != STORE_OK)
        return result;
    const struct store_body body = body_of(&out->r.text, "application/json");
    return store_put(store, name, &body, STORE_REPLACE, buf_text(&etag), why);
}

enum store_result collect_repair(const struct collect_place *place, struct collect_repaired *out, struct buf *why)
{
    struct store *store = NULL;
    const char *name;
    *out = (struct collect_repaired){0};
    enum store_result result = collect_open(place, &store, &name, why);
    if (result == STORE_OK)
        buf_str(&out->label, store_label(store));
    for (int i = 0; i < ROUNDS_MAX && (result == STORE_OK || result == STORE_CHANGED); i++) {
        result = repair_once(store, place, name, out, why);
        if (result == STORE_OK)
            break;
    }
    store_close(store);
    return result;
}
