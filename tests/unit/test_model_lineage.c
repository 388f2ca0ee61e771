/* SPDX-License-Identifier: MIT */
#include "model/lineage.h"

#include <stdlib.h>

#include "test.h"

#define MANY UINT32_C(1000000)

/* From `ref` upwards: how many there are. Without an end to it the test would not come to one. */
static size_t way_up(const struct lineage *l, uint32_t ref)
{
    size_t steps = 0;
    for (; ref; ref = lineage_up(l, ref))
        steps++;
    return steps;
}

TEST(a_circle_is_cut_once_at_its_earliest_record)
{
    struct lineage l = {0};
    CHECK(!lineage_add(&l, 1, 4, true) && !lineage_add(&l, 2, 1, false) && !lineage_add(&l, 3, 3, false));
    CHECK(!lineage_add(&l, 4, 2, false) && !lineage_add(&l, 5, 4, false));
    CHECK(!lineage_complete(&l, false));
    CHECK(l.cut == 2); /* 1 < 4 < 2 < 1, and 3 by itself */
    CHECK(!lineage_up(&l, 1) && !lineage_up(&l, 3) && lineage_up(&l, 4) == 2);
    CHECK(way_up(&l, 5) == 4);
    lineage_release(&l);
}

TEST(what_becomes_known_later_closes_no_circle)
{
    struct lineage l = {0};
    CHECK(!lineage_add(&l, 1, 0, false) && !lineage_add(&l, 2, 1, false) && !lineage_add(&l, 3, 0, false));
    CHECK(!lineage_complete(&l, false) && l.cut == 0);
    lineage_set_up(&l, 3, 2);
    CHECK(l.cut == 0 && lineage_up(&l, 3) == 2);
    lineage_set_up(&l, 1, 3);
    CHECK(l.cut == 1 && !lineage_up(&l, 1));
    lineage_release(&l);
}

TEST(a_circle_of_a_million_is_cut_in_time)
{
    struct lineage l = {0};
    for (uint32_t i = 1; i <= MANY; i++)
        if (lineage_add(&l, i, i == MANY ? 1 : i + 1,
                        false)) /* each one is the next one's child, and the last the first's */
            test_failed = true;
    CHECK(!lineage_complete(&l, false) && l.cut == 1 && way_up(&l, 2) == MANY);
    lineage_release(&l);
}

TEST(who_was_passed_over_is_not_met_again)
{
    struct lineage l = {0};
    struct lineage_skips s;
    CHECK(!lineage_add(&l, 1, 0, false) && !lineage_add(&l, 2, 1, false) && !lineage_add(&l, 3, 2, false));
    CHECK(!lineage_complete(&l, false) && !lineage_skips_init(&s, &l));
    lineage_skips_pass(&s, &l, 2);
    CHECK(lineage_skips_next(&s, &l, 3) == 3 && lineage_skips_next(&s, &l, 2) == 1);
    lineage_skips_pass(&s, &l, 3);
    lineage_skips_pass(&s, &l, 1);
    CHECK(lineage_skips_next(&s, &l, 3) == 0 && lineage_skips_next(&s, &l, 99) == 0);
    free(s.to);
    lineage_release(&l);
}

TEST(the_blocks_of_each_owner_are_found_among_many)
{
    struct lineage l = {0};
    size_t len = 0;
    for (uint32_t i = 5000; i > 0; i--)
        CHECK(!lineage_add_block(&l, i % 1000 * 64, i));
    CHECK(!lineage_complete(&l, false));
    const struct lineage_pair *blocks = lineage_blocks(&l, 77 * 64, &len);
    CHECK(len == 5 && blocks[0].ref == 77 && blocks[4].ref == 4077);
    lineage_blocks(&l, 63, &len);
    CHECK(len == 0);
    CHECK(lineage_is_parent(&l, 77 * 64) && !lineage_is_parent(&l, 63));
    lineage_release(&l);
}

TEST(who_has_a_child_is_known_whichever_was_recorded_first)
{
    struct lineage l = {0};
    CHECK(!lineage_add(&l, 1, 3, true) && !lineage_add(&l, 2, 1, false) && !lineage_add(&l, 3, 0, false));
    CHECK(!lineage_complete(&l, false));
    CHECK(lineage_is_parent(&l, 3));
    CHECK(!lineage_is_parent(&l, 1));
    CHECK(lineage_up(&l, 1) == 3);
    lineage_release(&l);
}

TEST_MAIN(CASE(a_circle_is_cut_once_at_its_earliest_record), CASE(what_becomes_known_later_closes_no_circle),
          CASE(a_circle_of_a_million_is_cut_in_time), CASE(who_was_passed_over_is_not_met_again),
          CASE(the_blocks_of_each_owner_are_found_among_many),
          CASE(who_has_a_child_is_known_whichever_was_recorded_first))
