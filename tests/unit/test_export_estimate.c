/* SPDX-License-Identifier: MIT */
#include "export/estimate.h"

#include <stdlib.h>

#include "test.h"

#define S INT64_C(1000000000)
#define auto_history __attribute__((cleanup(history_release))) struct history

/* A run of so many seconds, with one task when `task_s` is not 0. */
static int add(struct history *h, const char *name, int64_t dur_s, int64_t exit_code, int64_t task_s)
{
    struct summary s;
    summary_init(&s);
    s.name = strdup(name);
    s.end_by = SPAN_END_SELF;
    s.dur_ns = dur_s * S;
    s.exit_code = exit_code;
    struct summary_task *task = calloc(1, sizeof *task);
    *task = (struct summary_task){.name = strdup("build"), .count = 1, .total_ns = task_s * S};
    s.task_list = task;
    s.task_list_len = task_s != 0;
    if (!task_s)
        free(task->name);
    int err = history_add(h, "nightly", &s);
    summary_release(&s);
    return err;
}

/* A run that has been going on for so many seconds. */
static struct live live_since(int64_t s)
{
    struct live l = LIVE_EMPTY;
    l.goes_on = true;
    l.start_ns = 1000 * S;
    l.as_of_ns = (1000 + s) * S;
    return l;
}

TEST(without_earlier_runs_there_is_none)
{
    auto_history h = {0};
    const struct live l = live_since(5);
    CHECK(history_estimate(&h, &l).runs == 0);
}

TEST(only_runs_of_the_name_that_went_well_count)
{
    auto_history h = {0};
    const struct live l = live_since(5);
    CHECK(!add(&h, "other", 500, 0, 0) && !add(&h, "nightly", 3, 1, 0) && !add(&h, "nightly", 3, SPAN_NONE, 0));
    CHECK(history_estimate(&h, &l).runs == 0);
    CHECK(!add(&h, "nightly", 20, 0, 0));
    const struct estimate e = history_estimate(&h, &l);
    CHECK(e.runs == 1 && e.usual_ns == 20 * S && e.total_ns == 20 * S && e.left_ns == 15 * S);
}

TEST(it_is_the_median)
{
    auto_history h = {0};
    const struct live l = live_since(5);
    CHECK(!add(&h, "nightly", 20, 0, 0) && !add(&h, "nightly", 900, 0, 0) && !add(&h, "nightly", 30, 0, 0));
    CHECK(history_estimate(&h, &l).left_ns == 25 * S);
    CHECK(!add(&h, "nightly", 40, 0, 0));
    CHECK(history_estimate(&h, &l).left_ns == 30 * S);
}

TEST(a_dozen_is_enough)
{
    auto_history h = {0};
    const struct live l = live_since(5);
    for (int i = 0; i < ESTIMATE_RUNS; i++)
        CHECK(!history_is_full(&h) && !add(&h, "nightly", 20, 0, 10));
    CHECK(history_is_full(&h) && !add(&h, "nightly", 900, 0, 0));
    CHECK(history_estimate(&h, &l).runs == ESTIMATE_RUNS);
}

TEST(who_takes_longer_than_ever_is_told_so)
{
    auto_history h = {0};
    const struct live l = live_since(25);
    CHECK(!add(&h, "nightly", 20, 0, 0));
    CHECK(history_estimate(&h, &l).left_ns == -5 * S);
}

/* The build takes 10 of the 30 seconds. */
static int64_t left_with(int64_t count, int64_t ended_s, int64_t open_since_s, bool overlap)
{
    auto_history h = {0};
    struct live l = live_since(20);
    char name[] = "build";
    struct live_name task = {.name = name,
                             .count = count,
                             .ended_ns = ended_s * S,
                             .open_since_ns = open_since_s ? (1000 + open_since_s) * S : SPAN_NONE};
    l.names = &task;
    l.names_len = 1;
    l.overlap = overlap;
    if (add(&h, "nightly", 30, 0, 10) || add(&h, "nightly", 30, 0, 10))
        return -1;
    return history_estimate(&h, &l).left_ns / S;
}

TEST(tasks_move_the_end)
{
    CHECK(left_with(1, 10, 0, false) == 10);
    CHECK(left_with(1, 4, 0, false) == 4);
    CHECK(left_with(1, 15, 0, false) == 15);
    CHECK(left_with(1, 0, 8, false) == 12);  /* open for 12 s */
    CHECK(left_with(1, 0, 15, false) == 10); /* open for 5 s: who knows */
    CHECK(left_with(0, 4, 0, false) == 10);  /* has not ended as often as it usually does */
}

TEST(tasks_side_by_side_do_not)
{
    CHECK(left_with(1, 15, 0, true) == 10);
}

TEST(no_figure_of_a_damaged_run_overflows)
{
    auto_history h = {0};
    struct live l = live_since(20);
    char name[] = "build";
    struct live_name task = {.name = name, .count = INT64_MAX, .ended_ns = INT64_MAX, .open_since_ns = INT64_MIN + 1};
    l.names = &task;
    l.names_len = 1;
    l.start_ns = 0;
    l.as_of_ns = INT64_MAX;
    CHECK(!add(&h, "nightly", 30, 0, 9000000000));
    CHECK(history_estimate(&h, &l).runs == 1);
}

TEST_MAIN(CASE(without_earlier_runs_there_is_none), CASE(only_runs_of_the_name_that_went_well_count),
          CASE(it_is_the_median), CASE(a_dozen_is_enough), CASE(who_takes_longer_than_ever_is_told_so),
          CASE(tasks_move_the_end), CASE(tasks_side_by_side_do_not), CASE(no_figure_of_a_damaged_run_overflows))
