/* SPDX-License-Identifier: MIT */
#include "model/tasks.h"

#include <stdio.h>

#include "test.h"

static void add(struct tasks *t, int64_t time, enum mark_verb verb, const char *name, int32_t ppid)
{
    struct mark mark = {.time_ns = time, .verb = verb, .name = name, .ppid = ppid};
    if (tasks_add(t, &mark, NULL))
        test_failed = true;
}

static const char *task_at(const struct tasks *t, const struct lineage *l, uint32_t ref, int64_t time)
{
    size_t at = tasks_find(t, l, ref, time);
    return at == TASKS_NONE ? "none" : t->list[at].name;
}

TEST(start_and_end_are_paired_by_name)
{
    struct tasks t = TASKS_EMPTY;
    add(&t, 10, MARK_START, "a", 0);
    add(&t, 12, MARK_START, "b", 0);
    add(&t, 15, MARK_END, "b", 0);
    add(&t, 20, MARK_END, "a", 0);
    CHECK(t.len == 2);
    CHECK(t.list[0].end_ns == 20 && t.list[1].end_ns == 15);
    tasks_release(&t);
}

TEST(a_name_that_repeats_pairs_the_latest_open_one)
{
    struct tasks t = TASKS_EMPTY;
    add(&t, 10, MARK_START, "a", 0);
    add(&t, 11, MARK_START, "a", 0);
    add(&t, 12, MARK_END, "a", 0);
    CHECK(t.list[0].end_ns == INT64_MAX && t.list[1].end_ns == 12);
    tasks_release(&t);
}

TEST(of_two_with_one_name_each_owner_ends_its_own)
{
    struct tasks t = TASKS_EMPTY;
    add(&t, 10, MARK_START, "a", 100);
    add(&t, 11, MARK_START, "a", 200);
    add(&t, 12, MARK_END, "a", 100);
    CHECK(t.list[0].end_ns == 12 && t.list[1].end_ns == INT64_MAX);
    tasks_release(&t);
}

TEST(an_end_without_a_start_is_counted)
{
    struct tasks t = TASKS_EMPTY;
    add(&t, 10, MARK_END, "a", 0);
    CHECK(t.len == 0 && t.stray_ends == 1);
    tasks_release(&t);
}

TEST(an_end_before_its_start_gives_no_negative_time)
{
    struct tasks t = TASKS_EMPTY;
    add(&t, 10, MARK_START, "a", 0);
    add(&t, 5, MARK_END, "a", 0);
    CHECK(t.list[0].end_ns == 10);
    tasks_release(&t);
}

TEST(the_innermost_open_task_covers)
{
    struct tasks t = TASKS_EMPTY;
    struct lineage l = {0};
    add(&t, 10, MARK_START, "outer", 0);
    add(&t, 20, MARK_START, "inner", 0);
    add(&t, 30, MARK_END, "inner", 0);
    add(&t, 40, MARK_END, "outer", 0);
    CHECK(!tasks_nest(&t, &l));
    CHECK_STR(task_at(&t, &l, 1, 5), "none");
    CHECK_STR(task_at(&t, &l, 1, 10), "outer");
    CHECK_STR(task_at(&t, &l, 1, 25), "inner");
    CHECK_STR(task_at(&t, &l, 1, 30), "outer");
    CHECK_STR(task_at(&t, &l, 1, 40), "none");
    CHECK(t.list[0].parent == TASKS_NONE && t.list[1].parent == 0);
    tasks_release(&t);
}

/* 1 made 2 and 3; 2 made 4; 3 made 5. */
static void small_tree(struct lineage *l)
{
    static const uint32_t up[] = {0, 1, 1, 2, 3};
    for (uint32_t i = 0; i < 5; i++)
        if (lineage_add(l, i + 1, up[i], false))
            test_failed = true;
}

TEST(parallel_tasks_cover_the_descendants_of_their_owners)
{
    struct tasks t = TASKS_EMPTY;
    struct lineage l = {0};
    small_tree(&l);
    add(&t, 10, MARK_START, "left", 100);
    add(&t, 11, MARK_START, "right", 200);
    t.list[0].owner = 2;
    t.list[1].owner = 3;
    CHECK(!tasks_nest(&t, &l));
    CHECK_STR(task_at(&t, &l, 4, 20), "left");
    CHECK_STR(task_at(&t, &l, 5, 20), "right");
    CHECK_STR(task_at(&t, &l, 1, 20), "none");
    CHECK(t.list[1].parent == TASKS_NONE);
    tasks_release(&t);
    lineage_release(&l);
}

TEST(between_two_tasks_the_one_around_them_covers)
{
    struct tasks t = TASKS_EMPTY;
    struct lineage l = {0};
    add(&t, 10, MARK_START, "all", 0);
    for (int64_t at = 20; at < 2000; at += 10) {
        add(&t, at, MARK_START, "step", 0);
        add(&t, at + 5, MARK_END, "step", 0);
    }
    add(&t, 3000, MARK_END, "all", 0);
    CHECK(!tasks_nest(&t, &l));
    CHECK_STR(task_at(&t, &l, 1, 1503), "step");
    CHECK_STR(task_at(&t, &l, 1, 1507), "all");
    CHECK_STR(task_at(&t, &l, 1, 9), "none");
    CHECK_STR(task_at(&t, &l, 1, 3000), "none");
    CHECK(t.list[77].parent == 0 && t.list[0].parent == TASKS_NONE);
    tasks_release(&t);
}

TEST(marks_that_are_not_in_the_order_of_their_times_nest_by_time)
{
    struct tasks t = TASKS_EMPTY;
    struct lineage l = {0};
    add(&t, 15, MARK_START, "inner", 0);
    add(&t, 10, MARK_START, "outer", 0);
    add(&t, 18, MARK_END, "inner", 0);
    add(&t, 20, MARK_END, "outer", 0);
    CHECK(!tasks_nest(&t, &l));
    CHECK_STR(task_at(&t, &l, 1, 16), "inner");
    CHECK_STR(task_at(&t, &l, 1, 19), "outer");
    CHECK(t.list[0].parent == 1);
    tasks_release(&t);
}

TEST(an_end_is_not_used_twice)
{
    struct tasks t = TASKS_EMPTY;
    add(&t, 10, MARK_START, "a", 0);
    add(&t, 11, MARK_START, "b", 0);
    add(&t, 12, MARK_END, "a", 0);
    add(&t, 13, MARK_END, "a", 0);
    add(&t, 14, MARK_END, "b", 0);
    CHECK(t.list[0].end_ns == 12 && t.list[1].end_ns == 14 && t.stray_ends == 1);
    tasks_release(&t);
}

/* What a careless script makes of it: whoever looked through all that are open would need minutes. */
TEST(very_many_open_tasks_cost_no_more_each)
{
    struct tasks t = TASKS_EMPTY;
    char name[32];
    for (int i = 0; i < TASKS_MAX; i++) {
        snprintf(name, sizeof name, "task %d", i / 2);
        add(&t, i, MARK_START, name, i % 2 ? 7 : 0);
    }
    for (int i = 0; i < 1000000; i++)
        add(&t, TASKS_MAX + i, MARK_END, "another", i);
    CHECK(t.stray_ends == 1000000);
    for (int i = 0; i < TASKS_MAX / 2; i += 2) {
        snprintf(name, sizeof name, "task %d", i);
        add(&t, 2000000, MARK_END, name, 7);
        CHECK(t.list[2 * i].end_ns == INT64_MAX && t.list[2 * i + 1].end_ns == 2000000);
        add(&t, 2000001, MARK_END, name, 7);
        CHECK(t.list[2 * i].end_ns == 2000001);
    }
    CHECK(t.list[2].end_ns == INT64_MAX && t.list[3].end_ns == INT64_MAX && t.stray_ends == 1000000);
    tasks_release(&t);
}

TEST(very_many_of_one_name_are_told_apart)
{
    struct tasks t = TASKS_EMPTY;
    for (int i = 0; i < TASKS_MAX; i++)
        add(&t, i, MARK_START, "a", i + 1);
    for (int i = 0; i < TASKS_MAX; i++) /* the oldest first */
        add(&t, TASKS_MAX + i, MARK_END, "a", i + 1);
    for (int i = 0; i < TASKS_MAX; i += 997)
        CHECK(t.list[i].end_ns == TASKS_MAX + i);
    add(&t, 3 * TASKS_MAX, MARK_END, "a", 5);
    CHECK(t.stray_ends == 1);
    tasks_release(&t);
}

TEST(of_two_that_start_in_one_instant_the_first_is_outside_and_both_are_inside)
{
    struct tasks t = TASKS_EMPTY;
    struct lineage l = {0};
    add(&t, 5, MARK_START, "outer", 0);
    add(&t, 10, MARK_START, "first", 0);
    add(&t, 10, MARK_START, "second", 0);
    CHECK(!tasks_nest(&t, &l));
    CHECK(t.list[0].parent == TASKS_NONE && t.list[1].parent == 0 && t.list[2].parent == 1);
    tasks_release(&t);
}

static bool is_within(const struct lineage *l, uint32_t ref, uint32_t ancestor)
{
    while (ref && ref != ancestor)
        ref = lineage_up(l, ref);
    return ref != 0;
}

/* What the header promises, task by task. */
static size_t innermost_of(const struct tasks *t, const struct lineage *l, uint32_t ref, int64_t at)
{
    size_t best = TASKS_NONE;
    for (size_t i = 0; i < t->len; i++) {
        const struct task *task = &t->list[i];
        bool covers = at >= task->start_ns && at < task->end_ns;
        if (covers && (!task->owner || !ref || is_within(l, ref, task->owner)) &&
            (best == TASKS_NONE || task->start_ns >= t->list[best].start_ns))
            best = i;
    }
    return best;
}

static uint32_t lot(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % below;
}

TEST(whatever_the_owners_and_times_the_innermost_is_found)
{
    enum { REFS = 20 };
    for (uint32_t seed = 1; seed <= 200; seed++) {
        struct tasks t = TASKS_EMPTY;
        struct lineage l = {0};
        uint32_t s = seed, count = 1 + lot(&s, 40);
        for (uint32_t ref = 1; ref <= REFS; ref++)
            CHECK(!lineage_add(&l, ref, lot(&s, ref), false));
        CHECK(!lineage_complete(&l, false));
        for (uint32_t i = 0; i < count; i++) {
            add(&t, lot(&s, 30), MARK_START, "t", 0);
            t.list[i].end_ns = lot(&s, 4) ? t.list[i].start_ns + lot(&s, 20) : INT64_MAX;
            t.list[i].owner = seed % 3 ? lot(&s, REFS + 1) : 0;
        }
        CHECK(!tasks_nest(&t, &l));
        for (uint32_t ref = 0; ref <= REFS; ref++)
            for (int64_t at = -1; at < 60; at++)
                CHECK(tasks_find(&t, &l, ref, at) == innermost_of(&t, &l, ref, at));
        tasks_release(&t);
        lineage_release(&l);
    }
}

/* A line of generations is walked up once, not once for each of them. */
TEST(a_long_line_whose_first_owns_the_task_is_in_it)
{
    enum { LONG = 300000 };
    struct tasks t = TASKS_EMPTY;
    struct lineage l = {0};
    for (uint32_t ref = 1; ref <= LONG; ref++)
        CHECK(!lineage_add(&l, ref, ref - 1, false));
    CHECK(!lineage_complete(&l, false));
    add(&t, 5, MARK_START, "t", 0);
    t.list[0].owner = 1;
    CHECK(!tasks_nest(&t, &l));
    for (uint32_t ref = LONG; ref >= 1; ref--)
        if (tasks_find(&t, &l, ref, 6) != 0)
            test_failed = true;
    tasks_release(&t);
    lineage_release(&l);
}

/* Looked for one by one these would take hours: each moment lies behind all of the tasks that have ended, or in as many that
 * belong to others. */
TEST(a_million_questions_about_as_many_tasks_as_there_may_be_are_answered)
{
    struct tasks t = TASKS_EMPTY;
    struct lineage l = {0};
    for (uint32_t ref = 1; ref <= 1000; ref++)
        CHECK(!lineage_add(&l, ref, 0, false));
    CHECK(!lineage_complete(&l, false));
    for (int i = 0; i < TASKS_MAX; i++) {
        add(&t, i, MARK_START, "t", 0);
        t.list[i].end_ns = i % 2 ? INT64_MAX : 2 * TASKS_MAX - i;
        t.list[i].owner = i % 2 ? 1 + i / 2 % 999 : 0;
    }
    CHECK(!tasks_nest(&t, &l));
    for (int i = 0; i < 1000000; i++) {
        size_t none = tasks_find(&t, &l, 1000, 2 * TASKS_MAX + 1), own = tasks_find(&t, &l, 1 + i % 999, 3 * TASKS_MAX);
        if (none != TASKS_NONE || own == TASKS_NONE || t.list[own].owner != (uint32_t)(1 + i % 999))
            test_failed = true;
    }
    tasks_release(&t);
    lineage_release(&l);
}

TEST_MAIN(CASE(very_many_open_tasks_cost_no_more_each), CASE(very_many_of_one_name_are_told_apart),
          CASE(start_and_end_are_paired_by_name), CASE(a_name_that_repeats_pairs_the_latest_open_one),
          CASE(of_two_with_one_name_each_owner_ends_its_own), CASE(an_end_without_a_start_is_counted),
          CASE(an_end_before_its_start_gives_no_negative_time), CASE(the_innermost_open_task_covers),
          CASE(parallel_tasks_cover_the_descendants_of_their_owners),
          CASE(between_two_tasks_the_one_around_them_covers),
          CASE(marks_that_are_not_in_the_order_of_their_times_nest_by_time), CASE(an_end_is_not_used_twice),
          CASE(of_two_that_start_in_one_instant_the_first_is_outside_and_both_are_inside),
          CASE(whatever_the_owners_and_times_the_innermost_is_found),
          CASE(a_long_line_whose_first_owns_the_task_is_in_it),
          CASE(a_million_questions_about_as_many_tasks_as_there_may_be_are_answered))
