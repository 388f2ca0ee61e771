/* SPDX-License-Identifier: MIT */
#include "model/live.h"

#include <stdlib.h>

#include "test.h"

#define MS INT64_C(1000000)
#define auto_live __attribute__((cleanup(live_release))) struct live

static struct span process(int64_t pid, int64_t ppid, int64_t start_ms, const char *const *args, size_t argc)
{
    return (struct span){.span_id = "p1",
                         .kind = SPAN_PROCESS,
                         .name = "sh",
                         .pid = pid,
                         .ppid = ppid,
                         .start_ns = start_ms * MS,
                         .dur_ns = SPAN_NONE,
                         .end_by = SPAN_END_RUNNING,
                         .exit_code = SPAN_NONE,
                         .signal = SPAN_NONE,
                         .args = args,
                         .argc = argc};
}

static struct span task(const char *id, const char *parent, const char *name, int64_t start_ms, int64_t dur_ms)
{
    return (struct span){.span_id = id,
                         .parent_id = parent,
                         .kind = SPAN_TASK,
                         .name = name,
                         .start_ns = start_ms * MS,
                         .dur_ns = dur_ms < 0 ? SPAN_NONE : dur_ms * MS,
                         .end_by = dur_ms < 0 ? SPAN_END_RUNNING : SPAN_END_MARK};
}

/* Take all of them in, and what a summary would say. */
static int live_of(struct live *l, const struct span *spans, size_t len)
{
    struct summary s;
    int err = 0;
    for (size_t i = 0; i < len && !err; i++)
        err = live_add(l, &spans[i]);
    summary_init(&s);
    s.name = strdup("nightly");
    s.end_by = SPAN_END_RUNNING;
    s.processes = (int64_t)len;
    s.user_us = 5;
    s.sys_us = 6;
    if (!err)
        err = live_complete(l, &s);
    summary_release(&s);
    return err;
}

TEST(who_has_a_child_that_runs_is_not_at_work)
{
    const char *const make[] = {"make", "-j"}, *const cc[] = {"cc", "a.c"}, *const old[] = {"sleep", "9"};
    const struct span spans[] = {process(10, 1, 0, make, 2), process(12, 10, 30, cc, 2), process(11, 10, 20, old, 2)};
    auto_live l = LIVE_EMPTY;
    CHECK(!live_of(&l, spans, ARRAY_LEN(spans)));
    CHECK(l.running_len == 2 && l.waiting == 1);
    CHECK_STR(l.running[0].command, "sleep 9");
    CHECK_STR(l.running[1].command, "cc a.c");
    CHECK(l.goes_on && l.cpu_us == 11 && l.processes == 3);
}

TEST(what_has_ended_is_kept_only_if_it_is_the_last_failure)
{
    struct span fine = process(10, 1, 0, NULL, 0), first = fine, last = fine;
    fine.end_by = first.end_by = last.end_by = SPAN_END_SELF;
    fine.exit_code = 0;
    fine.dur_ns = 900 * MS;
    first.dur_ns = 300 * MS;
    first.exit_code = 2;
    first.name = "first";
    last.dur_ns = 700 * MS;
    last.signal = 9;
    last.name = "last";
    const struct span spans[] = {fine, last, first};
    auto_live l = LIVE_EMPTY;
    CHECK(!live_of(&l, spans, ARRAY_LEN(spans)));
    CHECK(!live_wants(&l, &fine) && !live_wants(&l, &first));
    CHECK_STR(l.failed_name, "last");
    CHECK(l.failed_signal == 9 && l.failed_code == SPAN_NONE && l.failed_ns == 700 * MS && !l.running_len);
}

TEST(open_tasks_have_their_depth_among_open_ones)
{
    const struct span spans[] = {task("t1", "run", "setup", 0, 50), task("t2", "run", "build", 60, -1),
                                 task("t3", "t2", "compile", 70, -1), task("t4", "t3", "done", 80, 5)};
    auto_live l = LIVE_EMPTY;
    CHECK(!live_of(&l, spans, ARRAY_LEN(spans)));
    CHECK(l.tasks_len == 2 && l.tasks_open == 2 && l.tasks_ended == 2);
    CHECK_STR(l.tasks[0].name, "build");
    CHECK_STR(l.tasks[1].name, "compile");
    CHECK(l.tasks[0].depth == 0 && l.tasks[1].depth == 1);
}

TEST(only_tasks_in_no_other_one_are_added_up)
{
    const struct span spans[] = {task("t1", "run", "test", 0, 50), task("t2", "run", "test", 60, 20),
                                 task("t3", "t2", "inner", 61, 5), task("t4", "run", "test", 90, -1)};
    auto_live l = LIVE_EMPTY;
    CHECK(!live_of(&l, spans, ARRAY_LEN(spans)));
    CHECK(l.names_len == 1 && l.names[0].count == 3 && l.names[0].ended_ns == 70 * MS);
    CHECK(l.names[0].open_since_ns == 90 * MS && !l.overlap);
}

TEST(tasks_side_by_side_are_noticed)
{
    const struct span ended[] = {task("t1", "run", "a", 0, 50), task("t2", "run", "b", 49, 20)};
    const struct span open[] = {task("t1", "run", "a", 0, -1), task("t2", "run", "b", 49, 20)};
    auto_live one = LIVE_EMPTY, two = LIVE_EMPTY;
    CHECK(!live_of(&one, ended, 2) && one.overlap);
    CHECK(!live_of(&two, open, 2) && two.overlap);
}

TEST(more_tasks_than_are_kept_are_counted)
{
    auto_live l = LIVE_EMPTY;
    for (int i = 0; i < LIVE_TASKS_MAX + 5; i++) {
        char name[32];
        snprintf(name, sizeof name, "n%d", i);
        const struct span span = task(name, "run", name, i, -1);
        CHECK(!live_add(&l, &span));
    }
    CHECK(l.tasks_open == LIVE_TASKS_MAX + 5 && l.tasks_len == LIVE_TASKS_MAX && l.names_len == LIVE_NAMES_MAX &&
          l.overlap);
}

TEST(a_long_command_is_cut_between_two_characters)
{
    char word[LIVE_TEXT_MAX + 10];
    memset(word, 'x', sizeof word);
    memcpy(word + LIVE_TEXT_MAX - 1, "\xC3\xA9", 3);
    const char *const args[] = {word};
    const struct span span = process(10, 1, 0, args, 1);
    const char *const more[] = {"\xC3\xA9", word};
    struct span other = process(11, 1, 0, more, 2);
    auto_live l = LIVE_EMPTY;
    CHECK(!live_add(&l, &span) && !live_add(&l, &other));
    CHECK(strlen(l.running[0].command) == LIVE_TEXT_MAX - 1);
    CHECK(strlen(l.running[1].command) == LIVE_TEXT_MAX);
}

TEST_MAIN(CASE(who_has_a_child_that_runs_is_not_at_work), CASE(what_has_ended_is_kept_only_if_it_is_the_last_failure),
          CASE(open_tasks_have_their_depth_among_open_ones), CASE(only_tasks_in_no_other_one_are_added_up),
          CASE(tasks_side_by_side_are_noticed), CASE(more_tasks_than_are_kept_are_counted),
          CASE(a_long_command_is_cut_between_two_characters))
