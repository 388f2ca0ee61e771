/* SPDX-License-Identifier: MIT */
#include "spool/handshake.h"

#include <errno.h>

#include "test.h"

#define MS INT64_C(1000000)

static int64_t limit(const char *text)
{
    int64_t ns = -1;
    return handshake_read_limit(text, &ns) ? -ns : ns;
}

TEST(a_limit_is_seconds_with_or_without_a_fraction)
{
    CHECK(limit("0") == 0 && limit("7") == 7000 * MS && limit("007") == 7000 * MS);
    CHECK(limit("0.5") == 500 * MS && limit(".25") == 250 * MS && limit("1,5") == 1500 * MS &&
          limit("2.") == 2000 * MS);
    CHECK(limit(" 1\n") == 1000 * MS && limit("\t3 ") == 3000 * MS);
    CHECK(limit("0.000000001") == 1 && limit("1.1234567899999") == 1123456789);
}

TEST(a_limit_that_is_not_set_is_the_default)
{
    CHECK(limit(NULL) == HANDSHAKE_LIMIT_NS && limit("") == HANDSHAKE_LIMIT_NS && limit("  ") == HANDSHAKE_LIMIT_NS);
}

TEST(a_limit_that_is_no_number_is_said_to_be_none)
{
    static const char *const bad[] = {"abc", "-1", "1s", ".", "1.5.2", "1 2", "0x10", "inf", "+1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(limit(bad[i]) == -HANDSHAKE_LIMIT_NS);
}

TEST(a_limit_beyond_all_reason_is_a_million_seconds)
{
    CHECK(limit("1000001") == 1000000 * 1000 * MS);
    CHECK(limit("99999999999999999999999999") == 1000000 * 1000 * MS);
}

TEST_MAIN(CASE(a_limit_is_seconds_with_or_without_a_fraction), CASE(a_limit_that_is_not_set_is_the_default),
          CASE(a_limit_that_is_no_number_is_said_to_be_none), CASE(a_limit_beyond_all_reason_is_a_million_seconds))
