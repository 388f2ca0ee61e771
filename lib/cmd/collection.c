/* SPDX-License-Identifier: MIT */
/* dtrack collection: the named values that jobs share. */
#include "export/collection_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/own.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/mark_parts.h"
#include "run/collect.h"
#include "run/collect_repair.h"
#include "run/hydrate.h"

static const struct cmd_option options[] = {
    {"store", 0, "URL", "the store, instead of the first of DTRACK_STORE"},
    {"json", 0, NULL, "with repair: say what was done as one JSON object"},
    {0},
};

/* One call of the command. */
struct call {
    const struct command *self;
    struct collect_place place;
    char **words; /* behind the verb */
    bool json;
};

/* Read the collection, compact; a missing one is an empty object. CMD_OK, or the reason has been printed. */
static int read_all(const struct call *call, struct buf *compact)
{
    auto_buf text = BUF_EMPTY, why = BUF_EMPTY;
    if (collect_read(&call->place, &text, &why) != STORE_OK)
        return cmd_fail(call->self, "%s", buf_text(&why));
    int err = collection_compact(&text, compact);
    if (!err)
        return CMD_OK;
    if (err == -ENOMEM)
        return cmd_fail(call->self, "not enough memory");
    return cmd_fail(call->self, "'%s' holds no JSON object" COLLECT_HELP, call->place.collection);
}

/* Append the characters of a value that is a string. False, and nothing appended, for any other. */
static bool put_string(struct buf *out, const struct buf *json)
{
    struct json_lexer lx = {.at = buf_text(json), .end = buf_text(json) + json->len, .loose = true};
    struct json_slice string;
    if (json_lex(&lx, &string) != JSON_STRING)
        return false;
    auto_free char *text = malloc(string.len + 1);
    if (!text) {
        out->error = -ENOMEM;
        return true;
    }
    buf_add(out, text, json_unescape(&string, text));
    return true;
}

/* A string without its quotes, for $(dtrack collection get NAME), which gets it as it is; a terminal gets
 * what it can show. Anything else as JSON. */
static int print_value(const struct call *call, const struct buf *json)
{
    auto_buf out = BUF_EMPTY, text = BUF_EMPTY;
    if (!put_string(&text, json))
        json_put_visible(&out, buf_text(json), json->len);
    else if (isatty(STDOUT_FILENO))
        utf8_put_line(&out, buf_text(&text), text.len);
    else
        buf_add(&out, buf_text(&text), text.len);
    buf_char(&out, '\n');
    if (buf_error(&text) || buf_error(&out))
        return cmd_fail(call->self, "not enough memory");
    return cmd_write(call->self, out.data, out.len);
}

/* Find the value of a name, the last one when it repeats. False when there is none. */
static bool find_value(const struct buf *compact, const char *name, struct buf *json)
{
    struct collection_walk w = collection_members(compact);
    bool found = false;
    while (collection_next(&w)) {
        if (strcmp(w.key.data, name))
            continue;
        found = true;
        buf_clear(json);
        buf_add(json, w.value, w.value_len);
    }
    buf_release(&w.key);
    return found;
}

static int get(const struct call *call)
{
    auto_buf compact = BUF_EMPTY, json = BUF_EMPTY;
    if (read_all(call, &compact) != CMD_OK)
        return CMD_FAILED;
    if (!find_value(&compact, call->words[0], &json))
        return cmd_fail(call->self, "no value '%s' in '%s'", call->words[0], call->place.collection);
    return print_value(call, &json);
}

/* By way of collect_push(), as at a run's end: two jobs that set different names at once keep both. */
static int set(const struct call *call)
{
    auto_buf json = BUF_EMPTY, why = BUF_EMPTY;
    int err = json_put_typed(&json, call->words[1]);
    if (err)
        return cmd_fail(call->self, "cannot store '%s': %s", call->words[0], strerror(-err));
    struct collection_value value = {call->words[0], buf_text(&json)};
    const struct values values = {.list = &value, .len = 1};
    const struct collect_place *place = &call->place;
    if (collect_push(place->config, place->url, place->collection, &values, &why) != STORE_OK || why.len)
        return cmd_fail(call->self, "%s", buf_text(&why));
    return CMD_OK;
}

static int show(const struct call *call)
{
    auto_buf compact = BUF_EMPTY;
    if (read_all(call, &compact) != CMD_OK)
        return CMD_FAILED;
    return print_value(call, &compact);
}

/* A snapshot into the run's folder, where dtrack-mark finds values without knowing a store. */
static int hydrate(const struct call *call)
{
    auto_buf compact = BUF_EMPTY;
    const char *folder = cmd_setting(SETTING_RUN);
    if (!folder)
        return cmd_fail(call->self, "not inside a run: %s is not set", settings[SETTING_RUN].name);
    auto_fd run = mark_folder_open(folder);
    if (run < 0)
        return cmd_fail(call->self, "%s='%s' is no run of yours", settings[SETTING_RUN].name, folder);
    if (read_all(call, &compact) != CMD_OK)
        return CMD_FAILED;
    size_t skipped = 0;
    int err = hydrate_run(run, &compact, &skipped);
    if (err)
        return cmd_fail(call->self, "cannot write '%s/%s': %s", folder, HYDRATE_FILE, strerror(-err));
    if (skipped)
        cmd_fail(call->self,
                 "%zu values left out: their names or values are too long for a mark, or hold a tab or a "
                 "line break",
                 skipped);
    return CMD_OK;
}

static const char *outcome(const struct collect_repaired *done)
{
    return done->is_missing ? "missing" : done->r.is_sound ? "sound" : "repaired";
}

static void put_repair_json(struct buf *out, const struct collect_repaired *done)
{
    buf_str(out, ",\"fault\":");
    json_put_string(out, done->r.fault);
    buf_printf(out, ",\"kept\":%zu,\"lost\":%zu,\"lost_names\":", done->r.kept, done->r.lost);
    json_put_visible(out, buf_text(&done->r.names), done->r.names.len);
    buf_printf(out, ",\"characters_replaced\":%s,\"old\":", done->r.is_mended_text ? "true" : "false");
    json_put_string(out, buf_text(&done->old));
}

static void put_repaired_json(struct buf *out, const struct call *call, const struct collect_repaired *done)
{
    buf_str(out, "{\"collection\":");
    json_put_string(out, call->place.collection);
    buf_str(out, ",\"store\":");
    json_put_string(out, buf_text(&done->label));
    buf_printf(out, ",\"result\":\"%s\"", outcome(done));
    if (done->r.fault)
        put_repair_json(out, done);
    buf_str(out, "}\n");
}

static void put_repaired(struct buf *out, const struct call *call, const struct collect_repaired *done)
{
    auto_buf line = BUF_EMPTY;
    buf_printf(&line, "'%s' in %s", call->place.collection, buf_text(&done->label));
    if (done->is_missing)
        buf_str(&line,
                " is not there, which is as good as empty; a folder, pipe or link of that name has to be moved away");
    else if (done->r.is_sound)
        buf_str(&line, " can be used as it is");
    else
        buf_printf(&line, " is repaired: %s; %zu values kept, %zu lost%s, what was there is kept as '%s'",
                   done->r.fault, done->r.kept, done->r.lost, done->r.is_mended_text ? ", characters replaced" : "",
                   buf_text(&done->old));
    if (done->r.names.len > 2) {
        buf_str(&line, "; lost: ");
        buf_add(&line, done->r.names.data + 1, done->r.names.len - 2);
    }
    utf8_put_line(out, buf_text(&line), line.len);
    buf_char(out, '\n');
}

/* What can be taken out of a collection that nobody can use; jobs that write to it meanwhile lose nothing. */
static int repair(const struct call *call)
{
    auto_buf why = BUF_EMPTY, out = BUF_EMPTY;
    struct collect_repaired done;
    enum store_result result = collect_repair(&call->place, &done, &why);
    if (result == STORE_OK && call->json)
        put_repaired_json(&out, call, &done);
    else if (result == STORE_OK)
        put_repaired(&out, call, &done);
    collect_repaired_release(&done);
    if (result != STORE_OK)
        return cmd_fail(call->self, "%s", buf_text(&why));
    return buf_error(&out) ? cmd_fail(call->self, "not enough memory") : cmd_write(call->self, out.data, out.len);
}

struct verb {
    const char *name;
    int words; /* behind it */
    int (*run)(const struct call *call);
};

static const struct verb verbs[] = {
    {"get", 1, get}, {"set", 2, set}, {"show", 0, show}, {"hydrate", 0, hydrate}, {"repair", 0, repair}};

/* The right number of words belongs to the name: anything else gets the whole usage. */
static const struct verb *find_verb(const struct cmd_args *args)
{
    for (size_t i = 0; args->rest_len && i < ARRAY_LEN(verbs); i++)
        if (!strcmp(verbs[i].name, args->rest[0]) && args->rest_len == verbs[i].words + 1)
            return &verbs[i];
    return NULL;
}

static int run(const struct command *self, int argc, char **argv)
{
    const struct store_config config = {.getenv = cmd_getenv};
    struct cmd_args args;
    int status;
    if (!cmd_parse(self, argc, argv, false, &args, &status))
        return status;
    const struct verb *verb = find_verb(&args);
    if (!verb)
        return cmd_usage(self, "needs one of: get NAME, set NAME VALUE, show, hydrate, repair");
    bool json = cmd_value(self, &args, "json");
    if (json && verb->run != repair)
        return cmd_usage(self, "--json belongs to repair");
    auto_free char *url = cmd_store_url(self, cmd_value(self, &args, "store"));
    if (!url)
        return CMD_FAILED;
    const struct call call = {self, {&config, url, cmd_setting(SETTING_COLLECTION)}, args.rest + 1, json};
    return verb->run(&call);
}

const struct command cmd_collection = {
    .name = "collection",
    .synopsis = "get NAME | set NAME VALUE | show | hydrate | repair [--json] [--store URL]",
    .help = "read or change the named values that jobs share",
    .options = options,
    .run = run,
    .more = "  get NAME        print one value; a string without its quotes\n"
            "  set NAME VALUE  store a value: JSON as it is, anything else as a string\n"
            "  show            print all of them as a JSON object\n"
            "  hydrate         let dtrack-mark get find them in the present run\n"
            "  repair          if nobody can read them: take out what can be, and keep the rest beside it",
};
