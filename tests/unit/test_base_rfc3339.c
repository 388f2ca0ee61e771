/* SPDX-License-Identifier: MIT */
#include "base/rfc3339.h"

#include "sys/attr.h"
#include "test.h"

TEST(dates_are_exact_whatever_their_offset)
{
    static const struct {
        const char *text;
        int64_t ns;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-11-30T11:28:27Z", INT64_C(1796038107000000000)},
        {"2026-11-30t11:28:27.5z", INT64_C(1796038107500000000)},
        {"2026-11-30 12:28:27.123456789+01:00", INT64_C(1796038107123456789)},
        {"2026-11-30T05:58:27,1234567899-05:30", INT64_C(1796038107123456789)},
        {"1969-12-31T23:00:00-01:00", 0},
        {"2024-02-29T00:00:00Z", INT64_C(1709164800000000000)},
        {"2016-12-31T23:59:60Z", INT64_C(1483228800000000000)},
        {"2100-01-01T00:00:00+00:00", INT64_C(4102444800000000000)},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t ns = -1;
        CHECK(!rfc3339_parse(cases[i].text, &ns));
        CHECK(ns == cases[i].ns);
    }
}

TEST(other_texts_are_none)
{
    static const char *const texts[] = {
        "",
        "now",
        "2026",
        "2026-11-30",
        "2026-11-30T11:28:27",
        "2026-11-30T11:28Z",
        "2026-11-30T11:28:27.Z",
        "2026-11-30T11:28:27 Z",
        "2026-13-30T11:28:27Z",
        "2026-02-29T11:28:27Z",
        "2026-11-31T11:28:27Z",
        "2026-00-30T11:28:27Z",
        "2026-11-00T11:28:27Z",
        "2026-11-30T24:28:27Z",
        "2026-11-30T11:60:27Z",
        "2026-11-30T11:28:61Z",
        "+026-11-30T11:28:27Z",
        "2026-11-30T11:28:27+1:00",
        "2026-11-30T11:28:27+01",
        "2026-11-30T11:28:27Z ",
        "1969-12-31T23:59:59Z",
        "2300-01-01T00:00:00Z",
        "1796038107.5",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        int64_t ns = 42;
        CHECK(rfc3339_parse(texts[i], &ns) && ns == 42);
    }
}

TEST_MAIN(CASE(dates_are_exact_whatever_their_offset), CASE(other_texts_are_none))
