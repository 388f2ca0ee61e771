/* SPDX-License-Identifier: MIT */
#include "model/figures_time.h"

#include "some_figures.h"
#include "test.h"

TEST(self_times_of_a_parallel_make_are_known)
{
    auto_figures f = some_figures(100, 0, some_make, ARRAY_LEN(some_make));
    int64_t self[16] = {0}, sum = 0;
    /* sh: 0-5 and 99-100; make 5-7, 20-21, 70-72, 94-95; cc-b without as-b */
    const int64_t known[] = {0, 6, 6, 13, 29, 21, 28, 9, 22, 93};
    figures_times(&f, self);
    for (uint32_t i = 0; i < f.len; i++) {
        CHECK(self[i] == known[i] * SOME_MS);
        sum += self[i];
    }
    struct figures_parallelism p;
    CHECK(!figures_parallelism(&f, NULL, 0, &p));
    CHECK(p.work_ns == sum && p.mean_centi == 227);
}

TEST(the_runs_own_time_is_when_nobody_lived)
{
    static const struct some list[] = {{"a", "run", 2, 5}, {"b", "run", 7, 10}};
    auto_figures f = some_figures(10, 0, list, ARRAY_LEN(list));
    int64_t self[3] = {0};
    figures_times(&f, self);
    CHECK(self[0] == 4 * SOME_MS && self[1] == 3 * SOME_MS);
}

TEST(parallelism_over_time_is_known)
{
    static const struct some list[] = {{"sh", "run", 0, 40, .cpu = 10},
                                       {"a", "sh", 10, 30, .cpu = 20},
                                       {"b", "sh", 20, 30, .cpu = 10},
                                       {"c", "sh", 25, 30, .cpu = 5}};
    auto_figures f = some_figures(40, 0, list, ARRAY_LEN(list));
    struct figures_parallelism p;
    int64_t curve[4], fine[8], odd[3];
    CHECK(!figures_parallelism(&f, curve, 4, &p));
    CHECK(curve[0] == 100 && curve[1] == 100 && curve[2] == 250 && curve[3] == 100);
    CHECK(p.most_centi == 250 && p.mean_centi == 138 && p.busy_centi == 113 && p.cpu_us == 45000);
    CHECK(!figures_parallelism(&f, fine, 8, &p));
    CHECK(fine[4] == 200 && fine[5] == 300 && fine[7] == 100);
    CHECK(!figures_parallelism(&f, odd, 3, &p)); /* 13 1/3 ms each */
    CHECK(odd[0] == 100 && odd[1] / 10 == 16 && odd[2] == 150);
}

TEST(a_gap_says_what_came_before_and_after_and_who_slept)
{
    static const struct some list[] = {
        {"sh", "run", 0, 100, .cpu = 20},
        {"cc", "sh", 10, 20},
        {"sleep", "sh", 20, 60, .cpu = 1},
        {"ld", "sh", 60, 70},
        {"nap", "sh", 70, 75, .cpu = -1, .unwaited = true},
    };
    auto_figures f = some_figures(100, 0, list, ARRAY_LEN(list));
    struct figures_gap gaps[4];
    struct figures_parallelism p;
    size_t len;
    figures_times(&f, NULL);
    CHECK(!figures_gaps(&f, gaps, 4, &len) && len == 2);
    CHECK(gaps[0].from_ns == 20 * SOME_MS && gaps[0].to_ns == 60 * SOME_MS);
    CHECK_STR(figures_key(&f, gaps[0].before), "cc");
    CHECK_STR(figures_key(&f, gaps[0].after), "ld");
    CHECK_STR(figures_key(&f, gaps[0].during), "sleep");
    CHECK_STR(figures_key(&f, gaps[1].before),
              "ld"); /* of what nobody waited for, and nothing is known, nothing is said */
    CHECK_STR(figures_key(&f, gaps[1].after), "sh");
    CHECK(!figures_parallelism(&f, NULL, 0, &p) && p.idle_ns == 45 * SOME_MS);
    CHECK(!figures_gaps(&f, gaps, 1, &len) && len == 1 && gaps[0].to_ns == 60 * SOME_MS);
}

TEST(somebody_at_work_beside_a_sleeper_leaves_no_gap)
{
    static const struct some list[] = {{"sh", "run", 0, 100}, {"sleep", "sh", 10, 90, .cpu = 1}, {"cc", "sh", 5, 95}};
    auto_figures f = some_figures(100, 0, list, ARRAY_LEN(list));
    struct figures_gap gaps[4];
    size_t len;
    figures_times(&f, NULL);
    CHECK(!figures_gaps(&f, gaps, 4, &len) && !len);
}

TEST(before_the_first_and_after_the_last_child_is_known)
{
    auto_figures f = some_figures(100, 0, some_make, ARRAY_LEN(some_make));
    struct figures_edges sh = figures_edges(&f, some_number(&f, "sh")),
                         make = figures_edges(&f, some_number(&f, "make"));
    CHECK(sh.before_ns == 5 * SOME_MS && sh.after_ns == SOME_MS);
    CHECK(make.before_ns == 2 * SOME_MS && make.after_ns == SOME_MS);
    CHECK(figures_edges(&f, some_number(&f, "ld")).before_ns == SPAN_NONE);
}

TEST(many_gaps_are_kept_in_bounded_room)
{
    struct figures f;
    char id[16];
    CHECK(!figures_init(&f, NULL));
    some_run_row(&f, 400000, 0);
    for (int i = 0; i < 100000; i++) {
        snprintf(id, sizeof id, "p%x", i + 1);
        some_add(&f, &(struct some){id, "run", i * 4, i * 4 + (i == 70000 ? 1 : 3)});
    }
    struct figures_gap gaps[2];
    size_t len;
    CHECK(!figures_link(&f));
    figures_times(&f, NULL);
    CHECK(!figures_gaps(&f, gaps, 2, &len) && len == 2);
    CHECK(gaps[0].from_ns == 280001 * SOME_MS && gaps[0].to_ns == 280004 * SOME_MS);
    figures_release(&f);
}

TEST_MAIN(CASE(self_times_of_a_parallel_make_are_known), CASE(the_runs_own_time_is_when_nobody_lived),
          CASE(parallelism_over_time_is_known), CASE(a_gap_says_what_came_before_and_after_and_who_slept),
          CASE(somebody_at_work_beside_a_sleeper_leaves_no_gap),
          CASE(before_the_first_and_after_the_last_child_is_known), CASE(many_gaps_are_kept_in_bounded_room))
