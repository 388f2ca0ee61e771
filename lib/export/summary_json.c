/* SPDX-License-Identifier: MIT */
/* The summary's JSON. The tables below are read by the writer and by the reader, so that the two cannot
 * differ. */
#include "export/summary_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_write.h"
#include "export/names.h"
#include "export/summary_lists.h"

struct member {
    const char *key;
    size_t offset; /* of an int64_t in struct summary */
};

#define AT(member) offsetof(struct summary, member)

static const struct member totals[] = {
    {"processes", AT(processes)}, {"failed", AT(failed)},   {"tasks", AT(tasks)},
    {"marks", AT(marks)},         {"user_us", AT(user_us)}, {"sys_us", AT(sys_us)},
    {"maxrss_kb", AT(maxrss_kb)}, {"execs", AT(execs)},     {"exec_ns", AT(exec_ns)},
};

static const struct member coverage[] = {
    {"unpreloaded", AT(coverage.unpreloaded)},     {"missed", AT(coverage.missed)},
    {"bad_marks", AT(coverage.bad_marks)},         {"damaged_bytes", AT(coverage.damaged_bytes)},
    {"explained_ns", AT(coverage.explained_ns)},   {"explained_percent", AT(coverage.explained_percent)},
    {"missed_marks", AT(coverage.missed_marks)},   {"unread_mark_bytes", AT(coverage.unread_mark_bytes)},
    {"missed_values", AT(coverage.missed_values)}, {"bad_rules", AT(coverage.bad_rules)},
    {"missed_tasks", AT(coverage.missed_tasks)},
};

static const struct member cost[] = {
    {"shim_ns", AT(cost.shim_ns)},
    {"finish_ns", AT(cost.finish_ns)},
    {"spool_bytes", AT(cost.spool_bytes)},
};

static const struct member spans[] = {{"rows", AT(spans_rows)}, {"bytes", AT(spans_bytes)}};

/* A part of the summary that is an object of integers. */
struct part {
    const char *key;
    const struct member *members;
    size_t len;
};

static const struct part parts[] = {
    {"totals", totals, ARRAY_LEN(totals)},
    {"coverage", coverage, ARRAY_LEN(coverage)},
    {"cost", cost, ARRAY_LEN(cost)},
    {"spans", spans, ARRAY_LEN(spans)},
};

/* Append ,"key": or, at the start of an object, "key": */
static void put_key(struct buf *out, const char *key)
{
    if (out->len && out->data[out->len - 1] != '{')
        buf_char(out, ',');
    json_put_string(out, key);
    buf_char(out, ':');
}

static void put_string(struct buf *out, const char *key, const char *value)
{
    put_key(out, key);
    json_put_string(out, value);
}

static void put_int(struct buf *out, const char *key, int64_t value)
{
    put_key(out, key);
    json_put_int_or_null(out, value);
}

static void put_command(struct buf *out, char *const *command)
{
    put_key(out, "command");
    buf_char(out, '[');
    for (char *const *word = command; word && *word; word++) {
        if (word != command)
            buf_char(out, ',');
        json_put_string(out, *word);
    }
    buf_char(out, ']');
}

/* Facts are a list in memory, as there are few, and an object in JSON, where readers ask by name. */
static void put_facts(struct buf *out, const char *key, const struct summary_fact *facts, size_t len)
{
    put_key(out, key);
    buf_char(out, '{');
    for (size_t i = 0; i < len; i++)
        put_string(out, facts[i].key, facts[i].value);
    buf_char(out, '}');
}

/* The remedy is written out for readers of the object, and not read back: it follows from the cause. */
static void put_blind(struct buf *out, const struct blind *blind)
{
    put_key(out, "blind_spots");
    buf_char(out, '[');
    for (size_t i = 0; i < blind->len; i++) {
        const struct blind_spot *spot = &blind->list[i];
        buf_str(out, i ? ",{" : "{");
        put_string(out, "name", spot->name);
        put_string(out, "cause", blind_word(spot->cause));
        put_int(out, "count", spot->count);
        put_string(out, "remedy", blind_remedy(spot->cause));
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

/* The members that only one part has, in front of its integers. */
static void put_special(struct buf *out, const struct summary *s, const struct part *part)
{
    if (part->members == coverage) {
        put_key(out, "by_end");
        buf_char(out, '{');
        for (int end = 0; end <= SPAN_END_RUNNING; end++)
            put_int(out, span_end_word((enum span_end)end), s->coverage.by_end[end]);
        buf_char(out, '}');
        put_blind(out, &s->coverage.blind);
    }
    if (part->members == spans)
        put_string(out, "object", s->spans_object);
}

static void put_part(struct buf *out, const struct summary *s, const struct part *part)
{
    put_key(out, part->key);
    buf_char(out, '{');
    put_special(out, s, part);
    for (size_t i = 0; i < part->len; i++)
        put_int(out, part->members[i].key, *(const int64_t *)(const void *)((const char *)s + part->members[i].offset));
    buf_char(out, '}');
}

void summary_json_put(struct buf *out, const struct summary *s)
{
    buf_char(out, '{');
    put_string(out, "schema", SUMMARY_SCHEMA);
    put_string(out, "run_id", s->run_id);
    put_string(out, "name", s->name);
    put_command(out, s->command);
    put_string(out, "cwd", s->cwd);
    put_int(out, "start_ns", s->start_ns);
    put_int(out, "dur_ns", s->dur_ns);
    put_key(out, "status");
    buf_char(out, '{');
    put_string(out, "end_by", span_end_word(s->end_by));
    put_int(out, "exit_code", s->exit_code);
    put_int(out, "signal", s->signal);
    buf_char(out, '}');
    put_key(out, "unsettled");
    json_put_bool(out, s->unsettled);
    put_facts(out, "host", s->host, s->host_len);
    put_facts(out, "ci", s->ci, s->ci_len);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        put_part(out, s, &parts[i]);
        if (parts[i].members == totals)
            summary_lists_put(out, s);
    }
    buf_str(out, "}\n");
}

/* Copy a string member; an absent one stays NULL. */
static int take_string(const struct json *object, const char *key, char **out)
{
    const char *text = json_text(json_get(object, key));
    if (!text)
        return 0;
    *out = strdup(text);
    return *out ? 0 : -ENOMEM;
}

static int take_facts(const struct json *object, struct summary_fact **facts, size_t *len)
{
    for (const struct json *fact = json_first(object); fact; fact = json_next(fact)) {
        int err = json_key(fact) && json_text(fact) ? summary_add_fact(facts, len, json_key(fact), json_text(fact)) : 0;
        if (err)
            return err;
    }
    return 0;
}

static int take_command(const struct json *list, struct summary *s)
{
    size_t argc = 0;
    for (const struct json *word = json_first(list); word; word = json_next(word))
        argc += json_text(word) != NULL;
    const char **args = calloc(argc + 1, sizeof *args);
    if (!args)
        return -ENOMEM;
    size_t at = 0;
    for (const struct json *word = json_first(list); word; word = json_next(word))
        if (json_text(word))
            args[at++] = json_text(word);
    int err = summary_set_command(s, args, argc);
    free(args);
    return err;
}

/* Copy an integer member: null becomes SPAN_NONE, an absent one leaves *out alone. */
static void take_int(const struct json *object, const char *key, int64_t *out)
{
    const struct json *value = json_get(object, key);
    if (value && !json_int(value, out))
        *out = SPAN_NONE;
}

static void take_status(const struct json *status, struct summary *s)
{
    const char *end_by = json_text(json_get(status, "end_by"));
    if (!end_by || !span_end_parse(end_by, &s->end_by))
        s->end_by = SPAN_END_INFERRED;
    take_int(status, "exit_code", &s->exit_code);
    take_int(status, "signal", &s->signal);
}

static void take_parts(const struct json *root, struct summary *s)
{
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        const struct json *object = json_get(root, parts[i].key);
        for (size_t j = 0; j < parts[i].len; j++)
            take_int(object, parts[i].members[j].key, (void *)((char *)s + parts[i].members[j].offset));
    }
    const struct json *by_end = json_get(json_get(root, "coverage"), "by_end");
    for (int end = 0; end <= SPAN_END_RUNNING; end++)
        take_int(by_end, span_end_word((enum span_end)end), &s->coverage.by_end[end]);
}

static int take_blind(const struct json *list, struct blind *blind)
{
    int err = 0;
    for (const struct json *spot = json_first(list); spot && !err; spot = json_next(spot)) {
        const char *name = json_text(json_get(spot, "name")), *word = json_text(json_get(spot, "cause"));
        enum blind_cause cause = BLIND_NONE; /* one that a later version knows is passed over */
        int64_t count = 1;
        take_int(spot, "count", &count);
        if (name && word && blind_parse(word, &cause))
            err = blind_add(blind, cause, name, count);
    }
    return err;
}

static int take_strings(const struct json *root, struct summary *s)
{
    int err = take_string(root, "name", &s->name);
    if (!err)
        err = take_string(root, "cwd", &s->cwd);
    if (!err)
        err = take_string(json_get(root, "spans"), "object", &s->spans_object);
    if (!err)
        err = take_command(json_get(root, "command"), s);
    if (!err)
        err = take_facts(json_get(root, "host"), &s->host, &s->host_len);
    if (!err)
        err = take_facts(json_get(root, "ci"), &s->ci, &s->ci_len);
    if (!err)
        err = take_blind(json_get(json_get(root, "coverage"), "blind_spots"), &s->coverage.blind);
    if (!err)
        err = summary_lists_take(root, s);
    return err;
}

/* The members without which it is no summary. */
static int take_identity(const struct json *root, struct summary *s)
{
    const char *schema = json_text(json_get(root, "schema")), *run_id = json_text(json_get(root, "run_id"));
    if (!schema || !run_id || !names_is_run_id(run_id) || !json_text(json_get(root, "name")))
        return -EINVAL;
    if (strcmp(schema, SUMMARY_SCHEMA))
        return -EPROTONOSUPPORT;
    memcpy(s->run_id, run_id, strlen(run_id) + 1);
    take_int(root, "dur_ns", &s->dur_ns);
    return json_int(json_get(root, "start_ns"), &s->start_ns) ? 0 : -EINVAL;
}

int summary_json_parse(const char *text, size_t len, struct summary *out)
{
    auto_json root = NULL;
    struct summary s;
    int err = json_parse(text, len, &root);
    if (err)
        return err;
    summary_init(&s);
    err = take_identity(root, &s);
    if (!err)
        err = take_strings(root, &s);
    if (err) {
        summary_release(&s);
        return err;
    }
    take_status(json_get(root, "status"), &s);
    json_bool(json_get(root, "unsettled"), &s.unsettled);
    take_parts(root, &s);
    *out = s;
    return 0;
}
