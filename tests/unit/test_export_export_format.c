/* SPDX-License-Identifier: MIT */
#include "export/export_format.h"

#include <errno.h>
#include <stdlib.h>

#include "some_export.h"
#include "test.h"

static const char *const names[] = {
    "ndjson", "chrome", "perfetto", "speedscope", "collapsed", "csv", "markdown", "junit", "openmetrics",
};

TEST(ndjson_leaves_rows_as_they_are)
{
    struct some_export x;
    some_export_init(&x, "{\"any\":1 }\n\"\xC2\x9B\"", strlen("{\"any\":1 }\n\"\xC2\x9B\""));
    CHECK(!export_write(export_format("ndjson"), &x.export));
    CHECK_STR(buf_text(&x.drained), "{\"any\":1 }\n\"\\u009b\"");
    some_export_end(&x);
}

TEST(other_names_are_no_formats)
{
    CHECK(!export_format("") && !export_format("NDJSON") && !export_format("ndjso"));
}

TEST(every_format_is_found_by_its_name_and_by_the_end_of_its_files_names)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const struct export_format *format = export_format(names[i]);
        auto_buf path = BUF_EMPTY;
        CHECK(format);
        buf_printf(&path, "a/b%s", format->suffix);
        CHECK(export_format_of(path.data) == format);
    }
    CHECK(!export_format_of("run.json") && !export_format_of(".csv") && !export_format_of(""));
}

TEST(the_formats_are_listed_with_what_they_are_for)
{
    auto_buf lines = BUF_EMPTY, list = BUF_EMPTY;
    export_put_formats(&lines);
    export_put_names(&list);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        CHECK(strstr(buf_text(&lines), names[i]) && strstr(buf_text(&list), names[i]));
}

TEST(rows_that_are_none_end_an_export)
{
    for (size_t i = 1; i < ARRAY_LEN(names); i++) {
        struct some_export x;
        some_export_init(&x, "{}\n", strlen("{}\n"));
        CHECK(export_write(export_format(names[i]), &x.export) == -EINVAL);
        some_export_end(&x);
    }
}

TEST(a_run_without_rows_is_written_in_every_format)
{
    for (size_t i = 1; i < ARRAY_LEN(names); i++) {
        struct some_export x;
        some_export_init(&x, "", strlen(""));
        CHECK(!export_write(export_format(names[i]), &x.export));
        CHECK(x.drained.len || !strcmp(names[i], "collapsed"));
        some_export_end(&x);
    }
}

TEST(an_output_that_breaks_ends_an_export)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct some_export x;
        some_export_init(&x, "", strlen(""));
        x.breaks = true;
        CHECK(export_write(export_format(names[i]), &x.export) == -EPIPE);
        some_export_end(&x);
    }
}

TEST_MAIN(CASE(ndjson_leaves_rows_as_they_are), CASE(other_names_are_no_formats),
          CASE(every_format_is_found_by_its_name_and_by_the_end_of_its_files_names),
          CASE(the_formats_are_listed_with_what_they_are_for), CASE(rows_that_are_none_end_an_export),
          CASE(a_run_without_rows_is_written_in_every_format), CASE(an_output_that_breaks_ends_an_export))
