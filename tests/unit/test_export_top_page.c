/* SPDX-License-Identifier: MIT */
#include "export/top_page.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "test.h"

#define S INT64_C(1000000000)
#define NOW (1000 * S)

static char name[] = "nightly", build[] = "build", compile[] = "compile", id[] = "t1";
static char failed[] = "grep", cc[] = "cc -c main.c -o main.o", sleeps[] = "sleep 60";

static struct live_process running[] = {
    {.start_ns = NOW - 61 * S, .pid = 4711, .command = sleeps},
    {.start_ns = NOW - 2 * S, .pid = 4712, .command = cc, .task = compile},
};
static struct live_task tasks[] = {{NOW - 70 * S, build, id, 0}, {NOW - 3 * S, compile, id, 1}};

/* A run of 80 seconds. */
static struct live some_live(void)
{
    struct live l = LIVE_EMPTY;
    strcpy(l.run_id, "20261123T083622.000Z-0a1b2c3d");
    l.name = name;
    l.start_ns = NOW - 80 * S;
    l.as_of_ns = NOW;
    l.goes_on = true;
    l.end_by = SPAN_END_RUNNING;
    l.exit_code = l.signal = SPAN_NONE;
    l.processes = 1312;
    l.cpu_us = 120000000;
    l.failed = 2;
    l.failed_name = failed;
    l.failed_ns = NOW - 5 * S;
    l.failed_code = 1;
    l.failed_signal = SPAN_NONE;
    l.running = running;
    l.running_len = ARRAY_LEN(running);
    l.tasks = tasks;
    l.tasks_len = l.tasks_open = ARRAY_LEN(tasks);
    return l;
}

static const struct estimate twelve = {.runs = 12, .usual_ns = 120 * S, .total_ns = 120 * S, .left_ns = 40 * S};

TEST(a_frame_says_what_goes_on)
{
    const struct live l = some_live();
    const struct top_options plain = {.width = 100, .others = 1, .note = "q quits"};
    auto_buf text = BUF_EMPTY;
    top_page(&text, &l, &twelve, &plain);
    CHECK_STR(buf_text(&text),
              "nightly  goes on since 1m 20s\n"
              "run       20261123T083622.000Z-0a1b2c3d | 1 other goes on\n"
              "progress  =====================............  66 %  about 40 s left (of 12 earlier runs)\n"
              "work      1,312 processes | 2 at work | CPU 2m 00s (1.5 cores busy)\n"
              "failed    2 processes | last grep, exit 1, 5.00 s ago\n"
              "\n"
              "open tasks\n"
              "    1m 10s  # build\n"
              "    3.00 s    # compile\n"
              "\n"
              "     since      pid  task            at work now\n"
              "    1m 01s     4711                  sleep 60\n"
              "    2.00 s     4712  compile         cc -c main.c -o main.o\n"
              "\n"
              "q quits\n");
}

TEST(lines_are_cut_to_the_width)
{
    const struct live l = some_live();
    const struct top_options narrow = {.width = 40};
    auto_buf text = BUF_EMPTY;
    top_page(&text, &l, &twelve, &narrow);
    CHECK_STR(buf_text(&text), "nightly  goes on since 1m 20s\n"
                               "run       20261123T083622.000Z-0a1b2c3d\n"
                               "progress  ========.....  66 %  about ...\n"
                               "work      1,312 processes | 2 at work\n"
                               "failed    2 processes\n"
                               "\n"
                               "open tasks\n"
                               "    1m 10s  # build\n"
                               "    3.00 s    # compile\n"
                               "\n"
                               "     since      pid  task            ...\n"
                               "    1m 01s     4711                  ...\n"
                               "    2.00 s     4712  compile         ...\n");
}

/* Columns of the longest line, and the number of lines. */
static int measure(const struct buf *text, bool utf8, int *lines)
{
    int most = 0, columns = 0;
    *lines = 0;
    for (size_t i = 0, took; i < text->len; i += took) {
        uint32_t cp;
        took = utf8_decode(text->data + i, text->len - i, &cp);
        columns = cp == '\n' ? 0 : columns + (utf8 ? utf8_columns(cp) : (int)took);
        most = MAX(most, columns);
        *lines += cp == '\n';
    }
    return most;
}

TEST(no_size_is_too_small)
{
    struct live_process many[30];
    struct live l = some_live();
    for (size_t i = 0; i < ARRAY_LEN(many); i++)
        many[i] = running[1];
    l.running = many;
    l.running_len = ARRAY_LEN(many);
    for (int width = 1; width < 130; width++) {
        for (int height = 1; height < 50; height++) {
            for (int utf8 = 0; utf8 < 2; utf8++) {
                const struct top_options size = {.width = width, .height = height, .utf8 = utf8, .note = "q quits"};
                auto_buf text = BUF_EMPTY;
                int lines;
                top_page(&text, &l, &twelve, &size);
                CHECK(measure(&text, utf8, &lines) <= MAX(width, 30));
                CHECK(width < 30 || measure(&text, utf8, &lines) <= width);
                CHECK(lines <= MAX(height, 8));
            }
        }
    }
}

TEST(lists_say_what_they_leave_out)
{
    struct live_process many[30];
    struct live l = some_live();
    const struct top_options low = {.width = 100, .height = 15, .note = "q quits"};
    auto_buf text = BUF_EMPTY;
    for (size_t i = 0; i < ARRAY_LEN(many); i++)
        many[i] = running[0];
    l.running = many;
    l.running_len = ARRAY_LEN(many);
    l.tasks_open = 5000;
    top_page(&text, &l, &twelve, &low);
    CHECK(strstr(buf_text(&text), "  # build\n  +4,999 more\n\n"));
    CHECK(strstr(buf_text(&text), "sleep 60\n  +29 more\n\nq quits\n"));
}

TEST(colour_is_only_there_when_asked_for)
{
    const struct live l = some_live();
    const struct top_options colour = {.width = 100, .colour = true}, plain = {.width = 100};
    auto_buf with = BUF_EMPTY, without = BUF_EMPTY;
    top_page(&with, &l, &twelve, &colour);
    top_page(&without, &l, &twelve, &plain);
    CHECK(strchr(buf_text(&with), '\x1b') && !strchr(buf_text(&without), '\x1b'));
}

/* The line that starts so. */
static bool has_line(const struct live *l, const struct estimate *e, const char *no_past, const char *line)
{
    const struct top_options plain = {.width = 100, .no_past = no_past};
    auto_buf text = BUF_EMPTY;
    top_page(&text, l, e, &plain);
    return strstr(buf_text(&text), line);
}

TEST(the_estimate_is_honest)
{
    const struct live l = some_live();
    const struct estimate none = {0}, one = {.runs = 1, .usual_ns = S, .total_ns = 81 * S, .left_ns = S};
    const struct estimate late = {.runs = 3, .usual_ns = 60 * S, .total_ns = 60 * S, .left_ns = -20 * S};
    const struct estimate long_one = {.runs = 3, .usual_ns = 9000 * S, .total_ns = 9000 * S, .left_ns = 8920 * S};
    CHECK(has_line(&l, &none, NULL, "progress  no estimate: no earlier run of this name went well\n"));
    CHECK(has_line(&l, &none, "the store can't be read", "progress  no estimate: the store can't be read\n"));
    CHECK(has_line(&l, &one, NULL, "  98 %  about 1 s left (of 1 earlier run)\n"));
    CHECK(has_line(&l, &late, NULL, "  99 %  20 s longer than expected (of 3 earlier runs)\n"));
    CHECK(has_line(&l, &long_one, NULL, "   0 %  about 2 h left (of 3 earlier runs)\n"));
}

TEST(what_is_not_seen_is_said)
{
    struct live l = some_live();
    CHECK(!has_line(&l, &twelve, NULL, "unseen"));
    l.cuts = 1;
    CHECK(has_line(&l, &twelve, NULL, "unseen    the record was cut short 1 time\n"));
    l.cuts = 0;
    l.missed = 2;
    l.unseen = 3;
    CHECK(has_line(&l, &twelve, NULL, "unseen    2 processes without room | work of 3 processes\n"));
}

TEST(a_run_that_has_ended_says_how)
{
    struct live l = some_live();
    l.goes_on = false;
    l.dur_ns = 90 * S;
    l.end_by = SPAN_END_SELF;
    l.exit_code = 3;
    CHECK(has_line(&l, &twelve, NULL, "nightly  has ended: exit 3 after 1m 30s\nrun       "));
    CHECK(!has_line(&l, &twelve, NULL, "progress"));
    l.exit_code = SPAN_NONE;
    l.end_by = SPAN_END_INFERRED;
    CHECK(has_line(&l, &twelve, NULL, "nightly  has ended: end not seen after 1m 30s\n"));
}

TEST(no_name_steers_the_terminal)
{
    char evil[] = "a\x1b[2J\x07\xC2\x9B\n\t\xE2\x80\xAE"
                  "b\x9b";
    struct live_process process = {.start_ns = NOW, .pid = 1, .command = evil, .task = evil};
    struct live_task open = {NOW, evil, id, 0};
    struct live l = some_live();
    l.name = l.failed_name = evil;
    l.running = &process;
    l.tasks = &open;
    l.running_len = l.tasks_len = l.tasks_open = 1;
    for (int utf8 = 0; utf8 < 2; utf8++) {
        const struct top_options options = {.width = 100, .utf8 = utf8};
        auto_buf page = BUF_EMPTY, json = BUF_EMPTY;
        top_page(&page, &l, &twelve, &options);
        top_json(&json, &l, &twelve, &options);
        CHECK(strpbrk(buf_text(&page), "\x1b\x07\t") == NULL && strpbrk(buf_text(&json), "\x1b\x07\t") == NULL);
        CHECK(!strstr(buf_text(&page), "\xC2\x9B") && !strstr(buf_text(&json), "\xE2\x80\xAE"));
        CHECK(utf8_valid(page.data, page.len) && utf8_valid(json.data, json.len));
        CHECK(strchr(buf_text(&json), '\n') == json.data + json.len - 1);
    }
}

TEST(an_object_says_the_same)
{
    struct live l = some_live();
    const struct top_options options = {.width = 100};
    const struct estimate none = {0};
    auto_buf text = BUF_EMPTY;
    top_json(&text, &l, &twelve, &options);
    l.running_len = l.tasks_len = 0;
    top_json(&text, &l, &none, &options);
    CHECK_STR(buf_text(&text),
              "{\"schema\":\"dtrack.top/1\",\"run_id\":\"20261123T083622.000Z-0a1b2c3d\",\"name\":\"nightly\","
              "\"start_ns\":920000000000,\"as_of_ns\":1000000000000,\"goes_on\":true,"
              "\"status\":{\"end_by\":\"running\",\"exit_code\":null,\"signal\":null},\"processes\":1312,\"at_work\":2,"
              "\"waiting\":0,\"failed\":2,\"cpu_us\":120000000,"
              "\"unseen\":0,\"missed\":0,\"cuts\":0,\"tasks_open\":2,\"tasks_ended\":0,\"others\":0,"
              "\"estimate\":{\"runs\":12,\"usual_ns\":120000000000,\"total_ns\":120000000000,\"left_ns\":40000000000},"
              "\"tasks\":[{\"name\":\"build\",\"start_ns\":930000000000,\"depth\":0},"
              "{\"name\":\"compile\",\"start_ns\":997000000000,\"depth\":1}],"
              "\"running\":[{\"pid\":4711,\"start_ns\":939000000000,\"command\":\"sleep 60\",\"task\":null},"
              "{\"pid\":4712,\"start_ns\":998000000000,\"command\":\"cc -c main.c -o main.o\",\"task\":\"compile\"}]}\n"
              "{\"schema\":\"dtrack.top/1\",\"run_id\":\"20261123T083622.000Z-0a1b2c3d\",\"name\":\"nightly\","
              "\"start_ns\":920000000000,\"as_of_ns\":1000000000000,\"goes_on\":true,"
              "\"status\":{\"end_by\":\"running\",\"exit_code\":null,\"signal\":null},\"processes\":1312,\"at_work\":0,"
              "\"waiting\":0,\"failed\":2,\"cpu_us\":120000000,"
              "\"unseen\":0,\"missed\":0,\"cuts\":0,\"tasks_open\":2,\"tasks_ended\":0,\"others\":0,"
              "\"estimate\":null,\"tasks\":[],\"running\":[]}\n");
}

TEST_MAIN(CASE(a_frame_says_what_goes_on), CASE(lines_are_cut_to_the_width), CASE(no_size_is_too_small),
          CASE(lists_say_what_they_leave_out), CASE(colour_is_only_there_when_asked_for), CASE(the_estimate_is_honest),
          CASE(what_is_not_seen_is_said), CASE(a_run_that_has_ended_says_how), CASE(no_name_steers_the_terminal),
          CASE(an_object_says_the_same))
