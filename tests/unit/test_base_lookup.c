/* SPDX-License-Identifier: MIT */
#include "base/lookup.h"

#include <stdio.h>

#include "test.h"

enum { COUNT = 100000, NAME_BYTES = 16 };

static char names[COUNT][NAME_BYTES];

static const char *name_of(const void *ctx, size_t index)
{
    (void)ctx;
    return names[index];
}

TEST(an_empty_one_finds_nothing)
{
    struct lookup l = {0};
    CHECK(lookup_find(&l, name_of, NULL, "") == LOOKUP_NONE && lookup_find(&l, name_of, NULL, "a") == LOOKUP_NONE);
    lookup_release(&l);
}

TEST(each_of_many_is_found_by_its_name_and_no_other)
{
    struct lookup l = {0};
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(names[i], NAME_BYTES, i ? "name%zu" : "%.0zu", i);
        CHECK(lookup_find(&l, name_of, NULL, names[i]) == LOOKUP_NONE);
        CHECK(!lookup_add(&l, name_of, NULL, i));
    }
    for (size_t i = 0; i < COUNT; i++)
        CHECK(lookup_find(&l, name_of, NULL, names[i]) == i);
    CHECK(lookup_find(&l, name_of, NULL, "name") == LOOKUP_NONE);
    lookup_release(&l);
    CHECK(lookup_find(&l, name_of, NULL, "name1") == LOOKUP_NONE);
}

TEST_MAIN(CASE(an_empty_one_finds_nothing), CASE(each_of_many_is_found_by_its_name_and_no_other))
