/* SPDX-License-Identifier: MIT */
#include "model/figures.h"

#include "some_figures.h"
#include "test.h"

TEST(a_row_takes_48_bytes)
{
    CHECK(sizeof(struct figures_row) == 48);
}

TEST(cpu_is_kept_exactly_for_half_an_hour_and_then_to_the_ms)
{
    struct figures f;
    static const int64_t us[][2] = {
        {0, 0}, {1, 1}, {2147483647, 2147483647}, {2147483648, 2147483000}, {9000000000123, 2147483647000}};
    CHECK(!figures_init(&f, NULL));
    for (size_t i = 0; i < ARRAY_LEN(us); i++) {
        struct span span = some_process("p1", "run", 0, 1);
        span.sys_us = us[i][0];
        CHECK(!figures_add(&f, &span, NULL) && figures_cpu_us(&f.rows[f.len - 1]) == us[i][1]);
    }
    struct span unknown = some_process("p1", "run", 0, 1);
    CHECK(!figures_add(&f, &unknown, NULL) && !(f.rows[f.len - 1].flags & FIGURES_CPU));
    figures_release(&f);
}

TEST(rows_are_tied_by_ids_of_any_kind)
{
    static const struct some list[] = {{"child", "parent", 2, 4},
                                       {"p1f", "child", 2, 3},
                                       {"leaf", "p1f", 2, 3},
                                       {"parent", "run", 0, 10},
                                       {"p01f", "nobody", 1, 2}};
    auto_figures f = some_figures(10, 0, list, ARRAY_LEN(list));
    CHECK(f.rows[1].parent == 4 && f.rows[2].parent == 1 && f.rows[3].parent == 2);
    CHECK(!f.rows[4].parent && !f.rows[5].parent);
}

TEST(execs_of_a_process_are_one_life)
{
    static const struct some list[] = {
        {"c", "sh", 5, 9, .pid = 7},
        {"a", "sh", 1, 3, .exec = "b", .pid = 7},
        {"b", "sh", 3, 5, .exec = "c", .pid = 7},
        {"sh", "run", 0, 20, .pid = 6},
        {"d", "sh", 12, 14, .pid = 7},
        {"e", "sh", 1, 2, .exec = "lost"},
    };
    auto_figures f = some_figures(20, 0, list, ARRAY_LEN(list));
    uint32_t len;
    CHECK(f.rows[1].life == 2 && f.rows[3].life == 2 && f.rows[2].life == 2 && f.rows[2].next == 3 &&
          f.rows[3].next == 1);
    CHECK(figures_last(&f, 2) == 1 && f.rows[5].life == 5); /* the pid was given away again */
    const uint32_t *children = figures_children(&f, 4, &len);
    CHECK(len == 3 && children[0] == 2 && children[1] == 6 && children[2] == 5);
    figures_waited(&f, 4, &len);
    CHECK(len == 2 && !f.rows[6].next);
}

TEST(what_counts_is_within_its_parent_and_all_within_the_run)
{
    static const struct some list[] = {
        {"sh", "run", 5, 30}, {"early", "sh", 1, 10}, {"daemon", "sh", 20, 50, .unwaited = true}};
    auto_figures f = some_figures(40, 0, list, ARRAY_LEN(list));
    CHECK(f.rows[2].start_ns == 5 * SOME_MS && f.rows[2].end_ns == 10 * SOME_MS && f.rows[2].flags & FIGURES_COUNTED);
    CHECK(f.rows[3].end_ns == 40 * SOME_MS && !(f.rows[3].flags & FIGURES_COUNTED));
}

TEST(rows_without_a_time_of_reaping_count_by_what_the_wait_said)
{
    struct figures f;
    CHECK(!figures_init(&f, NULL));
    some_run_row(&f, 100, 0);
    struct span sh = some_process("p1", "run", 0, 90), old = some_process("p2", "p1", 1, 2);
    struct span killed = some_process("p3", "p1", 5, 2);
    old.tree_user_us = 5;
    killed.end_by = SPAN_END_PARENT;
    CHECK(!figures_add(&f, &sh, NULL) && !figures_add(&f, &old, NULL) && !figures_add(&f, &killed, NULL));
    CHECK(!figures_link(&f) && f.rows[2].flags & FIGURES_COUNTED && f.rows[3].flags & FIGURES_COUNTED);
    figures_release(&f);
}

TEST(lower_bounds_are_known_as_such)
{
    static const struct some list[] = {
        {"sh", "run", 0, 40}, {"lost", "sh", 1, 10, .least = true}, {"on", "sh", 20, 0, .runs = true}};
    auto_figures f = some_figures(40, 0, list, ARRAY_LEN(list));
    CHECK(!(f.rows[1].flags & (FIGURES_LEAST | FIGURES_RUNS)));
    CHECK(f.rows[2].flags & FIGURES_LEAST && f.rows[3].flags & FIGURES_RUNS);
    CHECK(figures_dur_ns(&f.rows[3]) == 20 * SOME_MS);
}

TEST(exec_cost_is_what_programs_took_to_load)
{
    struct figures f;
    CHECK(!figures_init(&f, NULL));
    for (int i = 0; i < 3; i++) {
        struct span span = some_process("p1", "run", 0, 9);
        span.load_ns = i ? i * SOME_MS : SPAN_NONE;
        CHECK(!figures_add(&f, &span, NULL));
    }
    CHECK(f.exec_count == 2 && f.exec_ns == 3 * SOME_MS);
    figures_release(&f);
}

TEST(a_process_belongs_to_the_last_open_task_of_the_name)
{
    struct figures f;
    static const char *const ids[] = {"t1", "t2", "t3"};
    CHECK(!figures_init(&f, NULL));
    some_run_row(&f, 100, 0);
    for (int i = 0; i < 3; i++) {
        struct span task = some_task(ids[i], "x", 10 * i, i ? 5 : 100); /* 0-100, 10-15, 20-25 */
        CHECK(!figures_add(&f, &task, NULL));
    }
    static const struct some list[] = {{"a", "run", 5, 6, .task = "x"},
                                       {"b", "run", 12, 13, .task = "x"},
                                       {"c", "run", 17, 18, .task = "x"},
                                       {"d", "run", 22, 23, .task = "x"},
                                       {"e", "run", 22, 23},
                                       {"f", "run", 22, 23, .task = "other"}};
    for (size_t i = 0; i < ARRAY_LEN(list); i++)
        some_add(&f, &list[i]);
    CHECK(!figures_link(&f));
    CHECK(f.rows[4].task == 1 && f.rows[5].task == 2 && f.rows[6].task == 1 && f.rows[7].task == 3);
    CHECK(!f.rows[8].task && !f.rows[9].task);
    figures_release(&f);
}

TEST(a_task_is_lifted_to_who_outlives_it)
{
    static const struct some list[] = {
        {"make", "run", 0, 100, .pid = 5}, {"recipe", "make", 10, 12, .pid = 6}, {"again", "run", 30, 31, .pid = 6}};
    struct figures f;
    CHECK(!figures_init(&f, NULL));
    some_run_row(&f, 100, 0);
    struct span task = some_task("t1", "x", 11, 50), own = some_task("t2", "y", 11, 1);
    task.ppid = own.ppid = 6;
    CHECK(!figures_add(&f, &task, NULL) && !figures_add(&f, &own, NULL));
    for (size_t i = 0; i < ARRAY_LEN(list); i++)
        some_add(&f, &list[i]);
    CHECK(!figures_link(&f));
    CHECK(f.rows[1].next == 3 && f.rows[2].next == 4);
    figures_release(&f);
}

TEST(names_are_kept_once_and_bounded)
{
    struct figures_names names;
    uint32_t a, b, c, d, e = 0;
    char text[32];
    CHECK(!figures_names_init(&names, 1000));
    CHECK(!figures_names_put(&names, "cc", &a) && !figures_names_put(&names, "", &b) &&
          !figures_names_put(&names, NULL, &c));
    CHECK(!figures_names_put(&names, "cc", &d) && a == d && !b && !c);
    for (int i = 0; i < 2000; i++) {
        snprintf(text, sizeof text, "name %d", i);
        CHECK(!figures_names_put(&names, text, &e));
    }
    CHECK(names.len == 1000 && e == 1);
    CHECK_STR(figures_names_text(&names, e), "(other)");
    CHECK_STR(figures_names_text(&names, a), "cc");
    CHECK_STR(figures_names_text(&names, 5000), "");
    figures_names_release(&names);
}

TEST_MAIN(CASE(a_row_takes_48_bytes), CASE(cpu_is_kept_exactly_for_half_an_hour_and_then_to_the_ms),
          CASE(rows_are_tied_by_ids_of_any_kind), CASE(execs_of_a_process_are_one_life),
          CASE(what_counts_is_within_its_parent_and_all_within_the_run),
          CASE(rows_without_a_time_of_reaping_count_by_what_the_wait_said), CASE(lower_bounds_are_known_as_such),
          CASE(exec_cost_is_what_programs_took_to_load), CASE(a_process_belongs_to_the_last_open_task_of_the_name),
          CASE(a_task_is_lifted_to_who_outlives_it), CASE(names_are_kept_once_and_bounded))
