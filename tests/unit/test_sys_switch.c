/* SPDX-License-Identifier: MIT */
#include "sys/switch.h"

#include "test.h"

TEST(unset_and_empty_and_0_are_off)
{
    CHECK(!switch_is_on(NULL) && !switch_is_on("") && !switch_is_on("0"));
}

TEST(anything_else_is_on)
{
    CHECK(switch_is_on("1") && switch_is_on("yes") && switch_is_on("00") && switch_is_on("no") && switch_is_on(" "));
}

TEST_MAIN(CASE(unset_and_empty_and_0_are_off), CASE(anything_else_is_on))
