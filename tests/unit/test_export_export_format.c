/* SPDX-License-Identifier: MIT */
#include "export/export_format.h"

#include "test.h"

TEST(ndjson_leaves_rows_as_they_are)
{
    auto_buf out = BUF_EMPTY;
    const struct export_format *format = export_format("ndjson");
    struct export e = {.out = &out};
    CHECK(format && !format->begin && !format->end);
    CHECK(!format->row(&e, "{\"any\":1 }\n", 11) && !format->row(&e, "\"\xC2\x9B\"", 4));
    CHECK_STR(buf_text(&out), "{\"any\":1 }\n\"\\u009b\"");
}

TEST(other_names_are_no_formats)
{
    CHECK(!export_format("") && !export_format("NDJSON") && !export_format("ndjso"));
}

TEST(the_formats_are_listed_with_what_they_are_for)
{
    auto_buf out = BUF_EMPTY;
    export_put_formats(&out);
    CHECK(!strncmp(buf_text(&out), "ndjson (", 8));
}

TEST_MAIN(CASE(ndjson_leaves_rows_as_they_are), CASE(other_names_are_no_formats),
          CASE(the_formats_are_listed_with_what_they_are_for))
