/* SPDX-License-Identifier: MIT */
/* Finding runs by listing names. What is recent is looked for first, so that the latest run of a store with
 * years of them is found by listing one day. */
#include "cmd/find_run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "export/names.h"
#include "export/summary_json.h"

/* Digits of today's date that make a listing narrower: its day, its month, all. */
static const size_t recent_digits[] = {8, 6, 0};

/* Write the first `digits` digits of today's date. */
static void put_recent(char start[9], size_t digits)
{
    time_t now = time(NULL);
    struct tm tm = {0};
    auto_buf date = BUF_EMPTY;
    gmtime_r(&now, &tm);
    buf_printf(&date, "%04d%02d%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    snprintf(start, 9, "%.*s", (int)digits, buf_text(&date));
}

static int see_name(void *ctx, const struct store_entry *entry)
{
    names_search_take(ctx, entry->name);
    return 0;
}

/* List the runs whose ids start with search->start. */
static enum store_result search_store(struct store *store, struct names_search *search, struct buf *why)
{
    auto_buf prefix = BUF_EMPTY;
    names_put_listing(&prefix, search->start);
    return store_list(store, buf_text(&prefix), see_name, search, why);
}

/* Today, then this month, then everything: each step only when the one before found nothing. */
static enum store_result search_latest(struct store *store, struct names_search *search, struct buf *why)
{
    enum store_result result = STORE_OK;
    char start[9];
    for (size_t i = 0; i < ARRAY_LEN(recent_digits) && result == STORE_OK && !search->matches; i++) {
        put_recent(start, recent_digits[i]);
        search->start = start;
        result = search_store(store, search, why);
    }
    return result;
}

/* Say which runs `wanted` could mean. */
static int fail_ambiguous(const struct command *self, const char *wanted, const struct names_search *search)
{
    auto_buf list = BUF_EMPTY;
    for (size_t i = 0; i < MIN(search->matches, (size_t)NAMES_CANDIDATES); i++)
        buf_printf(&list, "%s%s", i ? ", " : "", search->candidates[i]);
    if (search->matches > NAMES_CANDIDATES)
        buf_str(&list, ", ...");
    return cmd_fail(self, "'%s' matches %zu runs: %s", wanted, search->matches, buf_text(&list));
}

/* The whole id of the run that is meant. "latest" takes the last of many; a start of an id must fit one run only, as
 * whoever typed it meant one. */
static int find_id(const struct command *self, struct store *store, const char *wanted, char id[RUN_ID_BYTES])
{
    struct names_search search = {.start = wanted};
    auto_buf why = BUF_EMPTY;
    enum store_result result = STORE_OK;
    bool latest = !strcmp(wanted, "latest");
    if (latest)
        result = search_latest(store, &search, &why);
    else if (*wanted && names_is_id_start(wanted))
        result = search_store(store, &search, &why);
    if (result != STORE_OK)
        return cmd_fail(self, "%s", buf_text(&why));
    if (!search.matches && latest)
        return cmd_fail(self, "no runs in %s", store_label(store));
    if (!search.matches)
        return cmd_fail(self, "no run matches '%s' in %s: see dtrack runs", wanted, store_label(store));
    if (search.matches > 1 && !latest)
        return fail_ambiguous(self, wanted, &search);
    memcpy(id, search.latest, RUN_ID_BYTES);
    return CMD_OK;
}

enum store_result find_summary(struct store *store, const char *run_id, struct buf *text, struct buf *why)
{
    auto_buf name = BUF_EMPTY;
    names_put_summary(&name, run_id);
    return store_get_small(store, buf_text(&name), SUMMARY_JSON_MAX, text, NULL, why);
}

/* A whole id is asked for by name, without a listing, which may be long. */
int find_run(const struct command *self, struct store *store, const char *wanted, struct summary *out)
{
    char id[RUN_ID_BYTES];
    auto_buf text = BUF_EMPTY, why = BUF_EMPTY;
    wanted = wanted ? wanted : "latest";
    if (names_is_run_id(wanted))
        snprintf(id, sizeof id, "%s", wanted);
    else if (find_id(self, store, wanted, id) != CMD_OK)
        return CMD_FAILED;
    enum store_result result = find_summary(store, id, &text, &why);
    if (result == STORE_MISSING)
        return cmd_fail(self, "no run matches '%s' in %s: see dtrack runs", id, store_label(store));
    if (result != STORE_OK)
        return cmd_fail(self, "%s", buf_text(&why));
    int err = summary_json_parse(buf_text(&text), text.len, out);
    if (err == -EPROTONOSUPPORT)
        return cmd_fail(self, "run '%s' was stored by another version of dtrack: its summary is not '%s'", id,
                        SUMMARY_SCHEMA);
    return err ? cmd_fail(self, "the summary of run '%s' is damaged", id) : CMD_OK;
}

static int see_run(void *ctx, const struct store_entry *entry)
{
    char id[RUN_ID_BYTES] = "";
    if (names_run_id(entry->name, id))
        buf_add(ctx, id, sizeof id);
    return 0;
}

int find_all_runs(const struct command *self, struct store *store, size_t least, struct buf *ids)
{
    char start[9];
    for (size_t i = 0; i < ARRAY_LEN(recent_digits); i++) {
        auto_buf prefix = BUF_EMPTY, why = BUF_EMPTY;
        put_recent(start, least ? recent_digits[i] : 0);
        names_put_listing(&prefix, start);
        buf_clear(ids);
        if (store_list(store, buf_text(&prefix), see_run, ids, &why) != STORE_OK)
            return cmd_fail(self, "%s", buf_text(&why));
        if (!least || ids->len / RUN_ID_BYTES >= least)
            break;
    }
    return buf_error(ids) ? cmd_fail(self, "too many runs to list") : CMD_OK;
}
