/* SPDX-License-Identifier: MIT */
#include "model/lineage.h"

#include "test.h"

TEST(a_loop_in_a_damaged_spool_ends)
{
    struct lineage l = {0};
    CHECK(!lineage_add(&l, 1, 2, false) && !lineage_add(&l, 2, 1, false));
    CHECK(!lineage_is_within(&l, 1, 9));
    lineage_release(&l);
}

TEST(the_blocks_of_each_owner_are_found_among_many)
{
    struct lineage l = {0};
    size_t len = 0;
    for (uint32_t i = 5000; i > 0; i--)
        CHECK(!lineage_add_block(&l, i % 1000 * 64, i));
    lineage_complete(&l);
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
    lineage_complete(&l);
    CHECK(lineage_is_parent(&l, 3));
    CHECK(!lineage_is_parent(&l, 1));
    CHECK(lineage_up(&l, 1) == 3);
    lineage_set_up(&l, 1, 2);
    CHECK(lineage_up(&l, 1) == 2);
    lineage_release(&l);
}

TEST_MAIN(CASE(a_loop_in_a_damaged_spool_ends), CASE(the_blocks_of_each_owner_are_found_among_many),
          CASE(who_has_a_child_is_known_whichever_was_recorded_first))
