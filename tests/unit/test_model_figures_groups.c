/* SPDX-License-Identifier: MIT */
#include "model/figures_groups.h"

#include "some_figures.h"
#include "test.h"

#define MS(n) ((n)*SOME_MS)

/* The group of that key, or one of zeros. */
static struct figures_group group_of(const struct figures *f, const struct figures_groups *groups, const char *key)
{
    for (size_t i = 0; i < groups->len; i++)
        if (!strcmp(figures_names_text(&f->keys, groups->list[i].key), key))
            return groups->list[i];
    return (struct figures_group){0};
}

TEST(sums_by_command_are_known)
{
    static const struct some list[] = {
        {"sh", "run", 0, 100, .cpu = 10},
        {"a", "sh", 0, 10, .name = "cc", .cpu = 9, .exit_code = 1},
        {"b", "sh", 10, 30, .name = "cc", .cpu = 20},
        {"c", "sh", 30, 60, .name = "cc", .cpu = 30},
        {"as", "c", 35, 45, .cpu = 5},
        {"d", "sh", 60, 61, .name = "rm", .cpu = -1},
    };
    auto_figures f = some_figures(100, 0, list, ARRAY_LEN(list));
    struct figures_groups groups;
    CHECK(!figures_group(&f, FIGURES_PERCENTILES, &groups) && groups.len == 4);
    struct figures_group cc = group_of(&f, &groups, "cc"), sh = group_of(&f, &groups, "sh"),
                         as = group_of(&f, &groups, "as");
    CHECK(cc.count == 3 && cc.failed == 1 && cc.cpu_us == 59000 && cc.self_ns == MS(50) && cc.longest_ns == MS(30));
    CHECK(cc.p50_ns == MS(20) && cc.p95_ns == MS(30) && cc.path_ns == MS(50) && cc.path_count == 3 && cc.longest == 4);
    CHECK(sh.self_ns == MS(39) && sh.path_ns == MS(39) && sh.count == 1 && as.path_ns == MS(10));
    CHECK(groups.list[0].key == cc.key && groups.list[1].key == sh.key); /* by CPU */
    CHECK(cc.path_ns + sh.path_ns + as.path_ns + group_of(&f, &groups, "rm").path_ns == f.dur_ns);
    figures_groups_release(&groups);
    CHECK(!figures_group(&f, 0, &groups) && groups.list[0].p50_ns == SPAN_NONE);
    figures_groups_release(&groups);
}

TEST(percentiles_are_nearest_ranks)
{
    struct figures f;
    struct figures_groups groups;
    char id[16];
    CHECK(!figures_init(&f, NULL));
    some_run_row(&f, 1000, 0);
    for (int i = 1; i <= 100; i++) {
        snprintf(id, sizeof id, "p%x", i);
        some_add(&f, &(struct some){id, "run", 0, (i * 37) % 101, .name = "x"});
    }
    CHECK(!figures_link(&f) && !figures_group(&f, FIGURES_PERCENTILES, &groups) && groups.len == 1);
    CHECK(groups.list[0].p50_ns == MS(50) && groups.list[0].p95_ns == MS(95) && groups.list[0].longest_ns == MS(100));
    figures_groups_release(&groups);
    figures_release(&f);
}

TEST(rows_can_be_grouped_by_anything)
{
    struct figures f;
    struct figures_groups groups;
    CHECK(!figures_init(&f, &(struct figures_options){.keys_max = 4}));
    some_run_row(&f, 10, 0);
    static const char *const keys[] = {"/a", "/b", "/a", "/c", "/d"};
    for (int i = 0; i < 5; i++) {
        struct span span = some_process("x", "run", 0, 1);
        CHECK(!figures_add(&f, &span, keys[i]));
    }
    CHECK(!figures_link(&f) && !figures_group(&f, 0, &groups) && groups.len == 3);
    CHECK(group_of(&f, &groups, "/a").count == 2 && group_of(&f, &groups, "(other)").count == 2);
    figures_groups_release(&groups);
    figures_release(&f);
}

/* Of a million only the longest are there; what is left out counts by its command. */
TEST(what_finds_no_room_counts_in_the_sums)
{
    struct figures f;
    struct figures_groups groups;
    char id[16];
    CHECK(!figures_init(&f, &(struct figures_options){.rows_max = 1000}));
    some_run_row(&f, 20000, 0);
    some_add(&f, &(struct some){"sh", "run", 0, 20000, .cpu = 1});
    for (int i = 1; i <= 10000; i++) {
        snprintf(id, sizeof id, "p%x", i);
        some_add(&f, &(struct some){id, "sh", i, i + (i % 100 == 0 ? 300 : i % 7), .name = "x", .cpu = 2,
                                    .exit_code = i % 10 == 0});
    }
    CHECK(!figures_link(&f) && f.len <= 1001 && f.left_out == 10001 - (int64_t)f.len + 1);
    CHECK(!figures_group(&f, 0, &groups));
    struct figures_group x = group_of(&f, &groups, "x");
    CHECK(x.count == 10000 && x.cpu_us == 20000000 && x.failed == 1000 && x.longest_ns == MS(300));
    int long_ones = 0;
    for (uint32_t i = 1; i < f.len; i++)
        long_ones += figures_dur_ns(&f.rows[i]) == MS(300);
    CHECK(long_ones == 100);
    figures_groups_release(&groups);
    figures_release(&f);
}

static void add_task(struct figures *f, const char *id, const char *parent, const char *name, int64_t from, int64_t to,
                     int64_t ppid)
{
    struct span task = some_task(id, name, from, to - from);
    task.parent_id = parent;
    task.ppid = ppid;
    if (figures_add(f, &task, NULL))
        test_failed = true;
}

static struct figures_task_group task_of(const struct figures *f, const struct figures_task_groups *groups,
                                         const char *name)
{
    for (size_t i = 0; i < groups->len; i++)
        if (!strcmp(figures_names_text(&f->task_names, groups->list[i].name), name))
            return groups->list[i];
    return (struct figures_task_group){0};
}

/* A script marks build (with test in it, twice) and leaves a failed task open. */
static struct figures marked(void)
{
    static const struct some list[] = {
        {"sh", "run", 0, 100, .pid = 7, .cpu = 1},      {"cc", "sh", 12, 28, .task = "build", .cpu = 16},
        {"u1", "sh", 31, 40, .task = "test", .cpu = 8}, {"sub", "u1", 33, 38, .task = "test", .cpu = 4},
        {"u2", "sh", 41, 49, .task = "test", .cpu = 8}, {"up", "sh", 70, 90, .task = "up", .cpu = 2},
    };
    struct figures f;
    if (figures_init(&f, NULL))
        test_failed = true;
    some_run_row(&f, 100, 0);
    add_task(&f, "t1", "run", "build", 10, 60, 7);
    add_task(&f, "t2", "t1", "test", 30, 40, 7);
    add_task(&f, "t3", "t1", "test", 40, 50, 7);
    struct span up = some_task("t4", "up", 65, 35);
    up.end_by = SPAN_END_RUN;
    up.exit_code = 3;
    up.ppid = 7;
    if (figures_add(&f, &up, NULL))
        test_failed = true;
    for (size_t i = 0; i < ARRAY_LEN(list); i++)
        some_add(&f, &list[i]);
    if (figures_link(&f))
        test_failed = true;
    return f;
}

TEST(sums_by_task_hold_what_is_in_tasks_within)
{
    auto_figures f = marked();
    struct figures_task_groups groups;
    CHECK(!figures_group_tasks(&f, &groups) && groups.len == 3);
    struct figures_task_group build = task_of(&f, &groups, "build"), test = task_of(&f, &groups, "test"),
                              up = task_of(&f, &groups, "up");
    CHECK(build.count == 1 && build.total_ns == MS(50) && build.processes == 4 && build.cpu_us == 36000);
    CHECK(build.work_ns == MS(16 + 9 + 8));
    CHECK(test.count == 2 && test.total_ns == MS(20) && test.longest_ns == MS(10) && test.processes == 3 &&
          test.cpu_us == 20000);
    CHECK(up.count == 1 && up.failed == 1 && up.least == 1 && !build.failed && !build.least);
    CHECK(groups.list[0].name == build.name && groups.list[1].name == up.name);
    figures_task_groups_release(&groups);
}

TEST(the_paths_time_by_task_is_known)
{
    auto_figures f = marked();
    struct figures_task_groups groups;
    int64_t ns[16] = {0}, sum = 0;
    CHECK(!figures_path_by_task(&f, ns));
    for (uint32_t i = 0; i < f.len; i++)
        sum += ns[i];
    CHECK(sum == f.dur_ns);
    CHECK(ns[0] == MS(10 + 5) && ns[1] == MS(20 + 10) && ns[2] == MS(10) && ns[3] == MS(10) && ns[4] == MS(35));
    CHECK(!figures_group_tasks(&f, &groups));
    CHECK(task_of(&f, &groups, "build").path_ns == MS(50) && task_of(&f, &groups, "test").path_ns == MS(20));
    figures_task_groups_release(&groups);
}

TEST(a_task_of_nobody_known_holds_everybody)
{
    struct figures f;
    int64_t ns[4] = {0};
    CHECK(!figures_init(&f, NULL));
    some_run_row(&f, 100, 0);
    add_task(&f, "t1", "run", "all", 10, 60, SPAN_NONE);
    some_add(&f, &(struct some){"sh", "run", 0, 100});
    CHECK(!figures_link(&f) && !figures_path_by_task(&f, ns));
    CHECK(ns[1] == MS(50) && ns[0] == MS(50));
    figures_release(&f);
}

TEST(a_task_in_a_task_of_its_name_counts_once)
{
    struct figures f;
    struct figures_task_groups groups;
    CHECK(!figures_init(&f, NULL));
    some_run_row(&f, 100, 0);
    add_task(&f, "t1", "run", "all", 10, 60, SPAN_NONE);
    add_task(&f, "t2", "t1", "all", 20, 50, SPAN_NONE);
    some_add(&f, &(struct some){"cc", "run", 22, 40, .task = "all"});
    CHECK(!figures_link(&f) && !figures_group_tasks(&f, &groups) && groups.len == 1);
    CHECK(groups.list[0].count == 2 && groups.list[0].processes == 1 && groups.list[0].cpu_us == 18000);
    figures_task_groups_release(&groups);
    figures_release(&f);
}

TEST_MAIN(CASE(sums_by_command_are_known), CASE(percentiles_are_nearest_ranks), CASE(rows_can_be_grouped_by_anything),
          CASE(what_finds_no_room_counts_in_the_sums), CASE(sums_by_task_hold_what_is_in_tasks_within),
          CASE(the_paths_time_by_task_is_known), CASE(a_task_of_nobody_known_holds_everybody),
          CASE(a_task_in_a_task_of_its_name_counts_once))
