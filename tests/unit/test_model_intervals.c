/* SPDX-License-Identifier: MIT */
#include "model/intervals.h"

#include "test.h"

static void add(struct intervals *set, int64_t start, int64_t end)
{
    if (intervals_add(set, start, end))
        test_failed = true;
}

TEST(what_overlaps_counts_once)
{
    struct intervals set = {0};
    CHECK(intervals_covered(&set) == 0);
    add(&set, 10, 20);
    add(&set, 50, 60);
    add(&set, 15, 30);
    add(&set, 52, 55);
    add(&set, 30, 31);
    add(&set, 70, 70);
    CHECK(intervals_covered(&set) == 21 + 10);
    add(&set, 0, 100);
    CHECK(intervals_covered(&set) == 100);
    intervals_release(&set);
}

TEST(a_long_row_with_gaps_stays_exact_and_small)
{
    struct intervals set = {0};
    for (int64_t i = 0; i < 20 * INTERVALS_MAX; i++)
        add(&set, i * 5000, i * 5000 + 4000);
    CHECK(set.len <= INTERVALS_MAX && set.cap <= 2 * INTERVALS_MAX);
    CHECK(intervals_covered(&set) == 20 * INTERVALS_MAX * INT64_C(4000));
    intervals_release(&set);
}

TEST(the_order_in_which_they_come_makes_no_difference)
{
    struct intervals set = {0};
    const int64_t many = INTERVALS_MAX - 1;
    for (int64_t i = 0; i < many; i++)
        add(&set, i * 7919 % many * 1000, i * 7919 % many * 1000 + (i % 2 ? 1500 : 900));
    int64_t covered = intervals_covered(&set);
    intervals_release(&set);
    for (int64_t i = many; i-- > 0;)
        add(&set, i * 7919 % many * 1000, i * 7919 % many * 1000 + (i % 2 ? 1500 : 900));
    CHECK(intervals_covered(&set) == covered && covered < many * 1000);
    intervals_release(&set);
}

TEST(intervals_far_apart_end_the_search_for_room)
{
    struct intervals set = {0};
    for (int64_t i = 0; i < 2 * INTERVALS_MAX; i++)
        add(&set, i * 100000000000, i * 100000000000 + 1);
    CHECK(intervals_covered(&set) == 2 * INTERVALS_MAX);
    intervals_release(&set);
}

TEST_MAIN(CASE(what_overlaps_counts_once), CASE(a_long_row_with_gaps_stays_exact_and_small),
          CASE(the_order_in_which_they_come_makes_no_difference), CASE(intervals_far_apart_end_the_search_for_room))
