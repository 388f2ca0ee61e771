/* SPDX-License-Identifier: MIT */
#include "store/random.h"

#include "test.h"

TEST(uuids_differ_and_have_their_form)
{
    char one[RANDOM_UUID], other[RANDOM_UUID];
    random_uuid(one);
    random_uuid(other);
    CHECK(strlen(one) == 36 && strspn(one, "0123456789abcdef-") == 36);
    CHECK(one[8] == '-' && one[13] == '-' && one[18] == '-' && one[23] == '-');
    CHECK(one[14] == '4' && strchr("89ab", one[19]));
    CHECK(strcmp(one, other) != 0);
}

TEST(numbers_are_not_the_same_twice)
{
    unsigned char one[32] = {0}, other[32] = {0};
    random_fill(one, sizeof one);
    random_fill(other, sizeof other);
    CHECK(memcmp(one, other, sizeof one) != 0);
}

TEST_MAIN(CASE(uuids_differ_and_have_their_form), CASE(numbers_are_not_the_same_twice))
