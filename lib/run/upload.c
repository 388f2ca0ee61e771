/* SPDX-License-Identifier: MIT */
/* One store after another; a failing store does not keep the run from the others. */
#include "run/upload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "export/names.h"
#include "export/summary_json.h"
#include "run/collect.h"
#include "run/store_urls.h"
#include "sys/clock.h"

void outages_release(struct outages *outages)
{
    while (outages->len)
        free(outages->url[--outages->len]);
}

/* Whether the store was found unreachable earlier in this round. Without this, each of a hundred pending runs would wait for it. */
static bool is_out(const struct outages *outages, const char *url)
{
    for (size_t i = 0; outages && i < outages->len; i++)
        if (!strcmp(outages->url[i], url))
            return true;
    return false;
}

static void note_outage(struct outages *outages, const char *url)
{
    char *copy = outages && outages->len < OUTAGES_MAX ? strdup(url) : NULL;
    if (copy)
        outages->url[outages->len++] = copy;
}

/* A sink that discards the bytes: only the tag is wanted. */
static int discard(unused void *ctx, unused const void *bytes, unused size_t len)
{
    return 0;
}

/* Replace spans of this run that have other bytes and no summary: an earlier fold uploaded them and was lost before its summary was
 * sent, so no reader has seen them. */
static enum store_result replace(struct store *into, const char *name, const struct store_body *body, struct buf *why)
{
    auto_buf etag = BUF_EMPTY;
    enum store_result result = store_get(into, name, discard, NULL, &etag, why);
    return result == STORE_OK ? store_put(into, name, body, STORE_REPLACE, buf_text(&etag), why) : result;
}

/* Spans come first, the summary last: for readers a run exists once its summary does. */
static enum store_result put_spans(const struct folded_run *run, struct store *into, const char *summary,
                                   struct buf *why)
{
    auto_buf name = BUF_EMPTY, there = BUF_EMPTY;
    const struct store_body body = {.fd = run->spans_fd, .size = run->spans_bytes, .type = "application/gzip"};
    names_put_spans(&name, run->run_id);
    enum store_result result = store_put_once(into, buf_text(&name), &body, why);
    if (result != STORE_EXISTS)
        return result;
    result = store_get_small(into, summary, SUMMARY_JSON_MAX, &there, NULL, why);
    return result == STORE_MISSING ? replace(into, buf_text(&name), &body, why) : result;
}

enum store_result upload_run(const struct folded_run *run, struct store *into, struct buf *why)
{
    auto_buf name = BUF_EMPTY;
    names_put_summary(&name, run->run_id);
    enum store_result result = put_spans(run, into, buf_text(&name), why);
    if (result != STORE_OK)
        return result;
    const struct store_body body = {
        .fd = -1, .data = run->summary.data, .size = run->summary.len, .type = "application/json"};
    result = store_put_once(into, buf_text(&name), &body, why);
    return result == STORE_EXISTS ? STORE_OK : result; /* run ids are unique: it is from an earlier fold of this run */
}

/* The deadline of one store for all uploads of one run. */
struct store_time {
    int64_t until_ms;
    struct store_config config;
};

static void store_time_begin(struct store_time *p, const struct upload *s)
{
    p->until_ms = clock_now_ms() + STORE_DEADLINE_MS;
    p->config = (struct store_config){.getenv = s->getenv, .until_ms = &p->until_ms, .hurry = s->hurry};
}

/* Upload the run to one store. `kept` is the store's URL as the context has it, without a secret. */
static bool send_to(const struct upload *s, const struct store_time *p, const char *kept, const char *url,
                    struct buf *why)
{
    struct store *store = NULL;
    if (is_out(s->outages, url)) {
        buf_printf(why, "cannot reach '%s', as before", kept);
        return false;
    }
    enum store_result result = store_open(&p->config, url, &store, why);
    if (result == STORE_OK)
        result = upload_run(s->run, store, why);
    store_close(store);
    if (result == STORE_RETRY)
        note_outage(s->outages, url);
    if (result != STORE_OK && !why->len)
        buf_str(why, "the store refused the run");
    return result == STORE_OK;
}

/* Merge the values into the collection of one store, unless that has been done. False when they have to wait; the run itself is
 * stored and does not depend on the collection. */
static bool push_values(const struct upload *s, const struct store_time *p, const char *kept, const char *url)
{
    const char *collection = s->collection ? s->collection : s->context->collection;
    auto_buf why = BUF_EMPTY, mark = BUF_EMPTY, place = BUF_EMPTY;
    buf_printf(&mark, "values %s", kept);
    buf_printf(&place, "%s %s", url, collection); /* the collection may be unreachable while the store is not */
    if (!s->run->values.len || folded_run_was_sent(s->folder_fd, buf_text(&mark)))
        return true;
    if (is_out(s->outages, buf_text(&place)))
        return false;
    enum store_result result = collect_push(&p->config, url, collection, &s->run->values, &why);
    if (result == STORE_RETRY) {
        note_outage(s->outages, buf_text(&place));
        return false;
    }
    if (why.len)
        buf_printf(s->given_up, "%s%s", s->given_up->len ? "; " : "", buf_text(&why));
    folded_run_note_sent(s->folder_fd, buf_text(&mark));
    return true;
}

/* Upload the run, then its values. 0, UPLOAD_VALUES_WAIT, or -EAGAIN with the reason in `why`. */
static int send_unless_sent(const struct upload *s, const char *kept, char *const *urls, struct buf *why)
{
    const char *url = context_store_url(kept, urls);
    bool was_sent = folded_run_was_sent(s->folder_fd, kept);
    struct store_time p;
    store_time_begin(&p, s);
    if (!was_sent && !send_to(s, &p, kept, url, why))
        return -EAGAIN;
    bool waits = !push_values(s, &p, kept, url);
    if (!was_sent && (waits || s->context->stores[1])) /* else everything is done and the folder is removed next */
        folded_run_note_sent(s->folder_fd, kept);
    return waits ? UPLOAD_VALUES_WAIT : 0;
}

int upload_everywhere(const struct upload *s, struct buf *why)
{
    int result = 0;
    char **urls = store_urls_read(s->getenv);
    if (!urls && errno != ENOENT)
        return -errno;
    store_urls_hide_embedded(s->getenv);
    for (char **kept = s->context->stores; kept && *kept; kept++) {
        auto_buf reason = BUF_EMPTY;
        int sent = send_unless_sent(s, *kept, urls, &reason);
        if (sent < 0 && result >= 0)
            buf_str(why, buf_text(&reason));
        result = result < 0 || !sent ? result : sent;
    }
    store_urls_free(urls);
    if (s->context->stores)
        return result;
    buf_printf(why, "no store is named: %s is not set, and HOME names no folder that is there and yours",
               settings[SETTING_STORE].name);
    return -EAGAIN;
}
