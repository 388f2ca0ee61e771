/* SPDX-License-Identifier: MIT */
#include "export/summary_json.h"

#include <errno.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "test.h"

#define ID "20261123T083622.123Z-0a1b2c3d"

static void fill(struct summary *s)
{
    summary_init(s);
    strcpy(s->run_id, ID);
    s->name = strdup("nightly \"build\"");
    s->cwd = strdup("/src/caf\xE9");
    s->spans_object = strdup("spans/v=1/x.ndjson.gz");
    s->start_ns = 1795422982123456789;
    s->dur_ns = 9007199254740993;
    s->end_by = SPAN_END_PARENT;
    s->exit_code = 2;
    s->processes = 1312;
    s->failed = 3;
    s->tasks = 4;
    s->marks = 5;
    s->user_us = 6;
    s->sys_us = 7;
    s->maxrss_kb = 8;
    for (int end = 0; end <= SPAN_END_RUNNING; end++)
        s->coverage.by_end[end] = 10 + end;
    s->coverage.unpreloaded = 20;
    s->coverage.missed = 21;
    s->coverage.bad_marks = 22;
    s->coverage.damaged_bytes = 23;
    s->unsettled = true;
    s->coverage.explained_ns = 24;
    s->coverage.explained_percent = 25;
    s->coverage.missed_marks = 26;
    s->coverage.unread_mark_bytes = 27;
    s->coverage.missed_values = 28;
    s->coverage.bad_rules = 29;
    s->coverage.missed_tasks = 30;
    s->cost = (struct summary_cost){31, 32, 33};
    s->execs = 34;
    s->exec_ns = 35;
    s->task_list = calloc(1, sizeof *s->task_list);
    s->derived = calloc(1, sizeof *s->derived);
    s->commands = calloc(2, sizeof *s->commands);
    s->path = calloc(1, sizeof *s->path);
    if (!s->task_list || !s->derived || !s->commands || !s->path)
        abort();
    s->task_list[s->task_list_len++] = (struct summary_task){strdup("plan"), 51, 52, 53, 54, 55};
    s->derived[s->derived_len++] = (struct summary_task){strdup("make all"), 91, 92, 93, 94, 95};
    s->commands[s->commands_len++] = (struct summary_command){strdup("cc1"), 61, 62, 63, 64};
    s->commands[s->commands_len++] = (struct summary_command){strdup("caf\xE9"), 65, 66, 67, 68};
    s->path[s->path_len++] = (struct summary_share){strdup("ld"), 71, 72};
    s->has_parallelism = true;
    s->parallelism =
        (struct summary_parallelism){.mean_centi = 150, .busy_centi = 140, .idle_ns = 81, .curve_centi = {1, 2}};
    s->spans_rows = 41;
    s->spans_bytes = 42;
    if (summary_set_command(s, (const char *[]){"bash", "-c", "exit 2"}, 3) ||
        summary_add_fact(&s->host, &s->host_len, "hostname", "agent-7") ||
        summary_add_fact(&s->host, &s->host_len, "cpus", "4") ||
        summary_add_fact(&s->ci, &s->ci_len, "provider", "azure-pipelines") ||
        blind_add(&s->coverage.blind, BLIND_REMOTE, "ssh", 5))
        abort();
}

#define auto_summary __attribute__((cleanup(summary_release))) struct summary

TEST(a_summary_is_exactly_this_text)
{
    auto_summary s;
    auto_buf b = BUF_EMPTY;
    fill(&s);
    summary_json_put(&b, &s);
    CHECK_STR(
        buf_text(&b),
        "{\"schema\":\"dtrack.run/1\",\"run_id\":\"" ID "\",\"name\":\"nightly \\\"build\\\"\","
        "\"command\":[\"bash\",\"-c\",\"exit 2\"],\"cwd\":\"/src/caf" UTF8_MARK "\","
        "\"start_ns\":1795422982123456789,\"dur_ns\":9007199254740993,"
        "\"status\":{\"end_by\":\"parent\",\"exit_code\":2,\"signal\":null},\"unsettled\":true,"
        "\"host\":{\"hostname\":\"agent-7\",\"cpus\":\"4\"},\"ci\":{\"provider\":\"azure-pipelines\"},"
        "\"totals\":{\"processes\":1312,\"failed\":3,\"tasks\":4,\"marks\":5,\"user_us\":6,\"sys_us\":7,"
        "\"maxrss_kb\":8,\"execs\":34,\"exec_ns\":35},"
        "\"tasks\":[{\"name\":\"plan\",\"count\":51,\"total_ns\":52,\"longest_ns\":53,\"cpu_us\":54,\"failed\":55}],"
        "\"commands\":[{\"name\":\"cc1\",\"count\":61,\"cpu_us\":62,\"own_ns\":63,\"longest_ns\":64},"
        "{\"name\":\"caf" UTF8_MARK "\",\"count\":65,\"cpu_us\":66,\"own_ns\":67,\"longest_ns\":68}],"
        "\"path\":[{\"name\":\"ld\",\"count\":71,\"path_ns\":72}],"
        "\"derived_tasks\":[{\"name\":\"make all\",\"count\":91,\"total_ns\":92,\"longest_ns\":93,\"cpu_us\":94,\"failed\":95}],"
        "\"parallelism\":{\"mean_centi\":150,\"busy_centi\":140,\"idle_ns\":81,\"curve_centi\":[1,2,"
        "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]},"
        "\"coverage\":{\"by_end\":{\"self\":10,\"parent\":11,\"exec\":12,\"inferred\":13,\"running\":14},"
        "\"blind_spots\":[{\"name\":\"ssh\",\"cause\":\"remote\",\"count\":5,"
        "\"remedy\":\"run dtrack there, too\"}],"
        "\"unpreloaded\":20,\"missed\":21,\"bad_marks\":22,\"damaged_bytes\":23,"
        "\"explained_ns\":24,\"explained_percent\":25,"
        "\"missed_marks\":26,\"unread_mark_bytes\":27,\"missed_values\":28,\"bad_rules\":29,\"missed_tasks\":30},"
        "\"cost\":{\"shim_ns\":31,\"finish_ns\":32,\"spool_bytes\":33},"
        "\"spans\":{\"object\":\"spans/v=1/x.ndjson.gz\",\"rows\":41,\"bytes\":42}}\n");
}

TEST(a_summary_survives_the_round_trip)
{
    auto_summary s, back;
    auto_buf b = BUF_EMPTY, again = BUF_EMPTY;
    fill(&s);
    summary_init(&back);
    summary_json_put(&b, &s);
    CHECK(!summary_json_parse(b.data, b.len, &back));
    summary_json_put(&again, &back);
    CHECK_STR(buf_text(&again), b.data);
    CHECK(back.start_ns == s.start_ns && back.exit_code == 2 && back.signal == SPAN_NONE && back.host_len == 2);
}

TEST(absent_values_survive_as_absent)
{
    auto_summary s, back;
    auto_buf b = BUF_EMPTY;
    summary_init(&s);
    summary_init(&back);
    strcpy(s.run_id, ID);
    s.name = strdup("n");
    s.dur_ns = s.user_us = SPAN_NONE;
    summary_json_put(&b, &s);
    CHECK(!summary_json_parse(b.data, b.len, &back));
    CHECK(back.dur_ns == SPAN_NONE && back.user_us == SPAN_NONE && back.maxrss_kb == SPAN_NONE);
    CHECK(!back.cwd && !back.spans_object && back.command && !back.command[0] && !back.host);
    CHECK(back.end_by == SPAN_END_RUNNING && back.exit_code == SPAN_NONE);
    CHECK(!back.task_list && !back.derived && !back.commands && !back.path && !back.has_parallelism);
}

TEST(lists_are_read_up_to_their_bounds)
{
    auto_summary s;
    auto_buf b = BUF_EMPTY;
    buf_str(&b, "{\"schema\":\"dtrack.run/1\",\"run_id\":\"" ID "\",\"name\":\"n\",\"start_ns\":1,\"commands\":\"x\",");
    buf_str(
        &b,
        "\"parallelism\":{\"curve_centi\":[1,\"x\"]},\"path\":[{\"count\":1},{\"name\":\"a\",\"path_ns\":\"x\"}],\"tasks\":[");
    for (int i = 0; i < 3 * SUMMARY_TASKS_MAX; i++)
        buf_printf(&b, "%s{\"name\":\"t%d\",\"count\":%d}", i ? "," : "", i, i);
    buf_str(&b, "]}");
    summary_init(&s);
    CHECK(!summary_json_parse(b.data, b.len, &s));
    CHECK(s.task_list_len == SUMMARY_TASKS_MAX && s.task_list[199].count == 199 && !s.task_list[199].failed);
    CHECK(s.path_len == 1 && !s.path[0].path_ns && !s.commands_len);
    CHECK(s.has_parallelism && s.parallelism.curve_centi[0] == 1 && !s.parallelism.curve_centi[1]);
}

static int parse(const char *text)
{
    struct summary s;
    int err = summary_json_parse(text, strlen(text), &s);
    if (!err)
        summary_release(&s);
    return err;
}

TEST(what_is_no_summary_is_refused)
{
    CHECK(parse("{\"schema\":\"dtrack.run/1\",\"run_id\":\"" ID "\",\"name\":\"n\",\"start_ns\":1}") == 0);
    CHECK(parse("{\"schema\":\"dtrack.run/2\",\"run_id\":\"" ID "\",\"name\":\"n\",\"start_ns\":1}") ==
          -EPROTONOSUPPORT);
    CHECK(parse("{\"run_id\":\"" ID "\",\"name\":\"n\",\"start_ns\":1}") == -EINVAL);
    CHECK(parse("{\"schema\":\"dtrack.run/1\",\"run_id\":\"../x\",\"name\":\"n\",\"start_ns\":1}") == -EINVAL);
    CHECK(parse("{\"schema\":\"dtrack.run/1\",\"run_id\":\"" ID "\",\"name\":7,\"start_ns\":1}") == -EINVAL);
    CHECK(parse("{\"schema\":\"dtrack.run/1\",\"run_id\":\"" ID "\",\"name\":\"n\",\"start_ns\":\"1\"}") == -EINVAL);
    CHECK(parse("[]") == -EINVAL && parse("") == -EINVAL && parse("{") == -EINVAL);
}

TEST(values_of_other_types_count_as_absent)
{
    auto_summary s;
    const char *text =
        "{\"schema\":\"dtrack.run/1\",\"run_id\":\"" ID "\",\"name\":\"n\",\"start_ns\":1,\"dur_ns\":\"x\","
        "\"cwd\":5,\"command\":[1,\"a\"],\"host\":[\"x\"],\"status\":\"odd\",\"totals\":[],\"more\":{}}";
    summary_init(&s);
    CHECK(!summary_json_parse(text, strlen(text), &s));
    CHECK(s.dur_ns == SPAN_NONE && !s.cwd && !s.host_len && s.processes == 0 && s.end_by == SPAN_END_INFERRED);
    CHECK_STR(s.command[0], "a");
    CHECK(!s.command[1]);
}

TEST_MAIN(CASE(a_summary_is_exactly_this_text), CASE(a_summary_survives_the_round_trip),
          CASE(absent_values_survive_as_absent), CASE(lists_are_read_up_to_their_bounds),
          CASE(what_is_no_summary_is_refused), CASE(values_of_other_types_count_as_absent))
