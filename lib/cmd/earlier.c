/* SPDX-License-Identifier: MIT */
/* Reading summaries, newest first, until there are enough. */
#include "cmd/earlier.h"

#include "cmd/find_run.h"
#include "export/summary_json.h"
#include "sys/clock.h"

#define SUMMARIES_MAX 300
#define TIME_MAX_NS (3 * CLOCK_SECOND_NS)

/* A summary that can't be read is that of no earlier run. STORE_RETRY: the store can't be reached. */
static enum store_result take_run(struct store *store, const char *id, const char *name, struct history *h)
{
    struct summary s;
    auto_buf text = BUF_EMPTY, why = BUF_EMPTY;
    enum store_result result = find_summary(store, id, &text, &why);
    if (result != STORE_OK || summary_json_parse(buf_text(&text), text.len, &s))
        return result;
    int not_taken = history_add(h, name, &s);
    (void)not_taken;
    summary_release(&s);
    return STORE_OK;
}

static const char *take_runs(const struct command *self, struct store *store, const char *name, struct history *h)
{
    auto_buf ids = BUF_EMPTY;
    const int64_t until_ns = clock_now_ns() + TIME_MAX_NS;
    if (find_all_runs(self, store, SUMMARIES_MAX, &ids) != CMD_OK)
        return "the store can't be listed";
    size_t len = ids.len / RUN_ID_BYTES, last = len > SUMMARIES_MAX ? len - SUMMARIES_MAX : 0;
    for (size_t i = len; i > last && !history_is_full(h); i--) {
        if (take_run(store, ids.data + (i - 1) * RUN_ID_BYTES, name, h) == STORE_RETRY)
            return "the store can't be read";
        if (clock_now_ns() > until_ns)
            return "the store is slow, and none of its latest runs was of this name and went well";
    }
    return NULL;
}

const char *earlier_runs(const struct command *self, const char *url, const char *name, struct history *h)
{
    struct store *store = cmd_open_store(self, url);
    if (!store)
        return "the store can't be opened";
    const char *why = take_runs(self, store, name, h);
    store_close(store);
    return why;
}
