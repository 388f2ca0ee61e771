/* SPDX-License-Identifier: MIT */
#include "store/net/header.h"

#include "test.h"

static void check_header(const char *line, const char *name, const char *value)
{
    struct header h;
    CHECK(header_split(line, strlen(line), &h));
    CHECK_STR(h.name, name);
    CHECK_STR(h.value, value);
}

TEST(line_is_split_at_its_first_colon)
{
    check_header("ETag: \"0x8D\"\r\n", "etag", "\"0x8D\"");
    check_header("Retry-After:5", "retry-after", "5");
    check_header("x-ms-error-code:\t ServerBusy \t\n", "x-ms-error-code", "ServerBusy");
    check_header("Location: http://h:1/p", "location", "http://h:1/p");
    check_header("Empty:\r\n", "empty", "");
}

TEST(what_is_no_header_is_refused)
{
    static const char *const odd[] = {"", "\r\n", "no colon", ": no name", "a: b\x1b[2J", "a\x01: b", "a: b\rc: d"};
    struct header h;
    for (size_t i = 0; i < ARRAY_LEN(odd); i++)
        CHECK(!header_split(odd[i], strlen(odd[i]), &h));
    CHECK(!header_split("a: b\0c", 6, &h));
}

TEST(line_beyond_the_limit_is_refused)
{
    struct header h;
    char line[HEADER_LINE_MAX + 2];
    memset(line, 'x', sizeof line);
    line[1] = ':';
    CHECK(header_split(line, HEADER_LINE_MAX - 1, &h));
    CHECK(strlen(h.value) == HEADER_LINE_MAX - 3);
    CHECK(!header_split(line, HEADER_LINE_MAX, &h));
}

TEST_MAIN(CASE(line_is_split_at_its_first_colon), CASE(what_is_no_header_is_refused),
          CASE(line_beyond_the_limit_is_refused))
