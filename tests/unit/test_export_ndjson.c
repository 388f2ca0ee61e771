/* SPDX-License-Identifier: MIT */
#include "export/ndjson.h"

#include <errno.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/utf8.h"
#include "test.h"

/* The public schema. Changing this list breaks every reader of stored runs. */
static const char *const schema[] = {
    "run_id",      "span_id",   "parent_id", "kind",   "name",        "start_ns", "dur_ns",
    "end_by",      "exit_code", "signal",    "pid",    "ppid",        "uid",      "exe",
    "args",        "args_cut",  "args_raw",  "cwd",    "user_us",     "sys_us",   "tree_user_us",
    "tree_sys_us", "maxrss_kb", "minflt",    "majflt", "inblock",     "oublock",  "nvcsw",
    "nivcsw",      "task",      "reaped_ns", "forked", "ended_by_ns", "value",
};

static const char *const args[] = {"cc", "-DNAME=\"x y\"", "h\xC3\xA9.c", ""};

static struct span process(void)
{
    return (struct span){.run_id = "20261123T083622.123Z-0a1b2c3d",
                         .span_id = "1f",
                         .parent_id = "1e",
                         .kind = SPAN_PROCESS,
                         .name = "cc",
                         .start_ns = 1795422982123456789,
                         .dur_ns = 1500000001,
                         .end_by = SPAN_END_PARENT,
                         .exit_code = 1,
                         .signal = SPAN_NONE,
                         .pid = 4711,
                         .ppid = 4710,
                         .uid = 1000,
                         .exe = "/usr/bin/cc",
                         .args = args,
                         .argc = 4,
                         .args_cut = true,
                         .cwd = "/src",
                         .user_us = 1200000,
                         .sys_us = 90000,
                         .tree_user_us = SPAN_NONE,
                         .tree_sys_us = SPAN_NONE,
                         .maxrss_kb = 33000,
                         .minflt = 5,
                         .majflt = 0,
                         .inblock = 8,
                         .oublock = 16,
                         .nvcsw = 3,
                         .nivcsw = 2,
                         .task = "build",
                         .reaped_ns = 1795422983623456999,
                         .forked = true,
                         .ended_by_ns = 1795422983623457000};
}

/* A span that has nothing but what every span has. */
static struct span bare(void)
{
    return (struct span){.run_id = "r",
                         .span_id = "1",
                         .kind = SPAN_RUN,
                         .name = "n",
                         .dur_ns = SPAN_NONE,
                         .end_by = SPAN_END_RUNNING,
                         .exit_code = SPAN_NONE,
                         .signal = SPAN_NONE,
                         .pid = SPAN_NONE,
                         .ppid = SPAN_NONE,
                         .uid = SPAN_NONE,
                         .user_us = SPAN_NONE,
                         .sys_us = SPAN_NONE,
                         .tree_user_us = SPAN_NONE,
                         .tree_sys_us = SPAN_NONE,
                         .maxrss_kb = SPAN_NONE,
                         .minflt = SPAN_NONE,
                         .majflt = SPAN_NONE,
                         .inblock = SPAN_NONE,
                         .oublock = SPAN_NONE,
                         .nvcsw = SPAN_NONE,
                         .nivcsw = SPAN_NONE,
                         .reaped_ns = SPAN_NONE,
                         .ended_by_ns = SPAN_NONE};
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

static bool same_span(const struct span *a, const struct span *b)
{
    const int64_t left[] = {a->start_ns, a->dur_ns,  a->exit_code, a->signal,       a->pid,         a->ppid,
                            a->uid,      a->user_us, a->sys_us,    a->tree_user_us, a->tree_sys_us, a->maxrss_kb,
                            a->minflt,   a->majflt,  a->inblock,   a->oublock,      a->nvcsw,       a->nivcsw,
                            a->kind,     a->end_by,  a->args_cut,  a->forked,       a->reaped_ns,   a->ended_by_ns};
    const int64_t right[] = {b->start_ns, b->dur_ns,  b->exit_code, b->signal,       b->pid,         b->ppid,
                             b->uid,      b->user_us, b->sys_us,    b->tree_user_us, b->tree_sys_us, b->maxrss_kb,
                             b->minflt,   b->majflt,  b->inblock,   b->oublock,      b->nvcsw,       b->nivcsw,
                             b->kind,     b->end_by,  b->args_cut,  b->forked,       b->reaped_ns,   b->ended_by_ns};
    bool same = !memcmp(left, right, sizeof left) && a->argc == b->argc && same_text(a->run_id, b->run_id) &&
                same_text(a->span_id, b->span_id) && same_text(a->parent_id, b->parent_id) &&
                same_text(a->name, b->name) && same_text(a->exe, b->exe) && same_text(a->cwd, b->cwd) &&
                same_text(a->task, b->task) && same_text(a->value, b->value);
    for (size_t i = 0; same && i < a->argc; i++)
        same = same_text(a->args[i], b->args[i]);
    return same;
}

/* Does the span come back from its row as it was? */
static bool survives(const struct span *span)
{
    auto_buf b = BUF_EMPTY;
    auto_ndjson_row row = NDJSON_ROW_EMPTY;
    ndjson_put(&b, span);
    return !buf_error(&b) && !ndjson_parse(&row, b.data, b.len) && same_span(span, &row.span);
}

TEST(a_row_has_every_key_in_the_schemas_order)
{
    const struct span spans[] = {process(), bare()};
    CHECK(ndjson_keys() == ARRAY_LEN(schema));
    for (size_t i = 0; i < ARRAY_LEN(spans); i++) {
        auto_buf b = BUF_EMPTY;
        auto_json root = NULL;
        size_t key = 0;
        ndjson_put(&b, &spans[i]);
        CHECK(!json_parse(b.data, b.len, &root));
        for (const struct json *member = json_first(root); member; member = json_next(member), key++) {
            CHECK(key < ARRAY_LEN(schema));
            CHECK_STR(json_key(member), schema[key]);
            CHECK_STR(ndjson_key(key), schema[key]);
        }
        CHECK(key == ARRAY_LEN(schema));
    }
}

TEST(a_row_is_exactly_this_text)
{
    auto_buf b = BUF_EMPTY;
    struct span span = process();
    ndjson_put(&b, &span);
    CHECK_STR(
        buf_text(&b),
        "{\"run_id\":\"20261123T083622.123Z-0a1b2c3d\",\"span_id\":\"1f\",\"parent_id\":\"1e\","
        "\"kind\":\"process\",\"name\":\"cc\",\"start_ns\":1795422982123456789,\"dur_ns\":1500000001,"
        "\"end_by\":\"parent\",\"exit_code\":1,\"signal\":null,\"pid\":4711,\"ppid\":4710,\"uid\":1000,"
        "\"exe\":\"/usr/bin/cc\",\"args\":[\"cc\",\"-DNAME=\\\"x y\\\"\",\"h\xC3\xA9.c\",\"\"],"
        "\"args_cut\":true,\"args_raw\":null,\"cwd\":\"/src\",\"user_us\":1200000,\"sys_us\":90000,"
        "\"tree_user_us\":null,\"tree_sys_us\":null,\"maxrss_kb\":33000,\"minflt\":5,\"majflt\":0,"
        "\"inblock\":8,\"oublock\":16,\"nvcsw\":3,\"nivcsw\":2,\"task\":\"build\",\"reaped_ns\":1795422983623456999,"
        "\"forked\":true,\"ended_by_ns\":1795422983623457000,\"value\":null}\n");
}

TEST(a_bare_span_is_written_with_nulls)
{
    auto_buf b = BUF_EMPTY;
    struct span span = bare();
    ndjson_put(&b, &span);
    CHECK_STR(buf_text(&b),
              "{\"run_id\":\"r\",\"span_id\":\"1\",\"parent_id\":null,\"kind\":\"run\",\"name\":\"n\","
              "\"start_ns\":0,\"dur_ns\":null,\"end_by\":\"running\",\"exit_code\":null,\"signal\":null,"
              "\"pid\":null,\"ppid\":null,\"uid\":null,\"exe\":null,\"args\":[],\"args_cut\":false,"
              "\"args_raw\":null,\"cwd\":null,\"user_us\":null,\"sys_us\":null,\"tree_user_us\":null,"
              "\"tree_sys_us\":null,\"maxrss_kb\":null,\"minflt\":null,\"majflt\":null,\"inblock\":null,"
              "\"oublock\":null,\"nvcsw\":null,\"nivcsw\":null,\"task\":null,\"reaped_ns\":null,\"forked\":false,"
              "\"ended_by_ns\":null,\"value\":null}\n");
}

TEST(spans_survive_the_round_trip)
{
    struct span span = process();
    CHECK(survives(&span));
    span = bare();
    CHECK(survives(&span));
    span.kind = SPAN_MARK;
    span.end_by = SPAN_END_MARK;
    span.value = "{\"a\":[1,\"\\n\"]}";
    span.start_ns = INT64_MAX;
    span.dur_ns = INT64_MIN + 1;
    CHECK(survives(&span));
}

TEST(args_that_are_not_utf8_bring_all_args_raw)
{
    const char *odd[] = {"cp", "caf\xE9", ""};
    struct span span = process();
    auto_buf b = BUF_EMPTY;
    span.args = odd;
    span.argc = 3;
    ndjson_put(&b, &span);
    CHECK(utf8_valid(b.data, b.len));
    CHECK(strstr(b.data, "\"args\":[\"cp\",\"caf" UTF8_MARK "\",\"\"]"));
    CHECK(strstr(b.data, "\"args_raw\":[\"Y3A=\",\"Y2Fm6Q==\",\"\"]"));
    CHECK(survives(&span));
}

TEST(paths_that_are_not_utf8_follow_the_raw_args)
{
    struct span span = process();
    auto_buf b = BUF_EMPTY;
    span.exe = "/opt/\xFF";
    span.argc = 1;
    ndjson_put(&b, &span);
    CHECK(strstr(b.data, "\"exe\":\"/opt/" UTF8_MARK "\""));
    CHECK(strstr(b.data, "\"args_raw\":[\"Y2M=\",\"L29wdC//\",\"L3NyYw==\"]"));
    CHECK(survives(&span));
    span.argc = 0;
    span.args = NULL;
    span.exe = NULL;
    span.cwd = "\xED\xA0\x80";
    CHECK(survives(&span));
}

TEST(every_string_is_mended_in_the_row)
{
    struct span span = process();
    auto_buf b = BUF_EMPTY;
    span.name = span.task = span.value = "\xC0\n\"";
    ndjson_put(&b, &span);
    CHECK(utf8_valid(b.data, b.len));
    CHECK(strstr(b.data, "\"name\":\"" UTF8_MARK "\\n\\\"\""));
    CHECK(strchr(b.data, '\n') == b.data + b.len - 1);
}

TEST(keys_may_come_in_any_order_and_unknown_ones_pass)
{
    static const char line[] =
        "{\"new\":{\"a\":[1,{}]},\"start_ns\":9007199254740993,\"name\":\"n\",\"end_by\":\"exec\","
        " \"kind\" : \"task\",\"span_id\":\"1\",\"run_id\":\"r\",\"more\":null}";
    auto_ndjson_row row = NDJSON_ROW_EMPTY;
    CHECK(!ndjson_parse(&row, line, sizeof line - 1));
    CHECK(row.span.kind == SPAN_TASK && row.span.end_by == SPAN_END_EXEC && row.span.pid == SPAN_NONE);
    CHECK(row.span.start_ns == 9007199254740993 && !row.span.exe && !row.span.argc && !row.span.args_cut);
}

TEST(rows_are_reused_without_leftovers)
{
    auto_buf b = BUF_EMPTY;
    auto_ndjson_row row = NDJSON_ROW_EMPTY;
    struct span full = process(), empty = bare();
    ndjson_put(&b, &full);
    CHECK(!ndjson_parse(&row, b.data, b.len));
    buf_clear(&b);
    ndjson_put(&b, &empty);
    CHECK(!ndjson_parse(&row, b.data, b.len));
    CHECK(same_span(&row.span, &empty));
}

/* The row of process() with one part replaced. */
static int parse_with(const char *part, const char *instead)
{
    auto_buf b = BUF_EMPTY, changed = BUF_EMPTY;
    auto_ndjson_row row = NDJSON_ROW_EMPTY;
    struct span span = process();
    ndjson_put(&b, &span);
    const char *at = strstr(b.data, part);
    if (!at)
        return 1;
    buf_add(&changed, b.data, (size_t)(at - b.data));
    buf_str(&changed, instead);
    buf_str(&changed, at + strlen(part));
    return ndjson_parse(&row, changed.data, changed.len);
}

TEST(wrong_types_and_missing_keys_are_refused)
{
    CHECK(parse_with("\"args_cut\":true", "\"args_cut\":false") == 0);
    CHECK(parse_with("\"args_cut\":true", "\"args_cut\":1") == -EINVAL);
    CHECK(parse_with("\"pid\":4711", "\"pid\":\"4711\"") == -EINVAL);
    CHECK(parse_with("\"pid\":4711", "\"pid\":4711.5") == -EINVAL);
    CHECK(parse_with("\"pid\":4711", "\"pid\":99999999999999999999") == -EINVAL);
    CHECK(parse_with("\"pid\":4711", "\"pid\":-9223372036854775808") == -EINVAL);
    CHECK(parse_with("\"name\":\"cc\",", "") == -EINVAL);
    CHECK(parse_with("\"name\":\"cc\"", "\"name\":null") == -EINVAL);
    CHECK(parse_with("\"name\":\"cc\"", "\"name\":[]") == -EINVAL);
    CHECK(parse_with("\"process\"", "\"proces\"") == -EINVAL);
    CHECK(parse_with("\"parent\"", "\"nobody\"") == -EINVAL);
    CHECK(parse_with("\"args\":[", "\"args\":[1,") == -EINVAL);
    CHECK(parse_with("\"args_raw\":null", "\"args_raw\":[\"Y3A=\"]") == -EINVAL);
    CHECK(parse_with("\"args_raw\":null", "\"args_raw\":[\"*\",\"\",\"\",\"\"]") == -EINVAL);
    CHECK(parse_with("\"args_raw\":null", "\"args_raw\":[\"AA==\",\"\",\"\",\"\"]") == -EINVAL);
    CHECK(parse_with("\"value\":null}", "\"value\":null},") == -EINVAL);
}

TEST(every_cut_of_a_row_is_refused)
{
    auto_buf b = BUF_EMPTY;
    auto_ndjson_row row = NDJSON_ROW_EMPTY;
    struct span span = process();
    ndjson_put(&b, &span);
    CHECK(!ndjson_parse(&row, b.data, b.len) && !ndjson_parse(&row, b.data, b.len - 1));
    for (size_t len = 0; len < b.len - 1; len++) {
        char *cut = malloc(len + 1);
        memcpy(cut, b.data, len);
        int err = ndjson_parse(&row, cut, len);
        free(cut);
        CHECK(err == -EINVAL);
    }
}

TEST(a_full_buffer_is_an_error_and_no_row)
{
    auto_buf b = {.limit = 100};
    struct span span = process();
    ndjson_put(&b, &span);
    CHECK(buf_error(&b) == -EFBIG);
}

TEST_MAIN(CASE(a_row_has_every_key_in_the_schemas_order), CASE(a_row_is_exactly_this_text),
          CASE(a_bare_span_is_written_with_nulls), CASE(spans_survive_the_round_trip),
          CASE(args_that_are_not_utf8_bring_all_args_raw), CASE(paths_that_are_not_utf8_follow_the_raw_args),
          CASE(every_string_is_mended_in_the_row), CASE(keys_may_come_in_any_order_and_unknown_ones_pass),
          CASE(rows_are_reused_without_leftovers), CASE(wrong_types_and_missing_keys_are_refused),
          CASE(every_cut_of_a_row_is_refused), CASE(a_full_buffer_is_an_error_and_no_row))
