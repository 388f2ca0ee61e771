/* SPDX-License-Identifier: MIT */
#include "model/figures_summary.h"

#include "some_figures.h"
#include "test.h"

TEST(the_summary_of_a_parallel_make_is_known)
{
    auto_figures f = some_figures(100, 0, some_make, ARRAY_LEN(some_make));
    struct summary s;
    int64_t sum = 0;
    summary_init(&s);
    CHECK(!figures_summarize(&f, &s));
    CHECK(s.commands_len == 9 && s.path_len == 6 && !s.task_list_len && s.has_parallelism);
    CHECK_STR(s.path[0].name, "as-b");
    CHECK(s.path[0].path_ns == 28 * SOME_MS && s.path[0].count == 1);
    for (size_t i = 0; i < s.path_len; i++)
        sum += s.path[i].path_ns;
    CHECK(sum == f.dur_ns);
    CHECK_STR(s.commands[0].name, "sh"); /* most CPU, as all of them use it all the time */
    CHECK(s.commands[0].cpu_us == 100000 && s.commands[0].own_ns == 6 * SOME_MS);
    CHECK(s.parallelism.mean_centi == 227 && !s.parallelism.idle_ns);
    summary_release(&s);
}

TEST(lists_are_cut_where_they_are_long)
{
    struct figures f;
    struct summary s;
    char id[16];
    CHECK(!figures_init(&f, NULL));
    some_run_row(&f, 1000, 0);
    for (int i = 1; i <= 300; i++) {
        snprintf(id, sizeof id, "t%d", i);
        struct span task = some_task(id, id, i, i);
        CHECK(!figures_add(&f, &task, NULL));
        snprintf(id, sizeof id, "p%x", i);
        some_add(&f, &(struct some){id, "run", 3 * i, 3 * i + 1, .cpu = i});
    }
    summary_init(&s);
    CHECK(!figures_link(&f) && !figures_summarize(&f, &s));
    CHECK(s.task_list_len == SUMMARY_TASKS_MAX && s.commands_len == SUMMARY_COMMANDS_MAX &&
          s.path_len == SUMMARY_SHARES_MAX);
    CHECK_STR(s.task_list[0].name, "t300");
    CHECK_STR(s.commands[49].name, "pfb"); /* 251 */
    summary_release(&s);
    figures_release(&f);
}

TEST(a_run_of_nothing_has_a_summary)
{
    auto_figures f = some_figures(0, 0, NULL, 0);
    struct summary s;
    summary_init(&s);
    CHECK(!figures_summarize(&f, &s) && !s.path_len && !s.commands_len && !s.parallelism.mean_centi);
    summary_release(&s);
}

TEST_MAIN(CASE(the_summary_of_a_parallel_make_is_known), CASE(lists_are_cut_where_they_are_long),
          CASE(a_run_of_nothing_has_a_summary))
