/* SPDX-License-Identifier: MIT */
#include "base/json_write.h"

#include "test.h"

#include "base/utf8.h"

static const char *string(struct buf *b, const char *text)
{
    buf_clear(b);
    json_put_string(b, text);
    return buf_text(b);
}

TEST(plain_text_is_only_quoted)
{
    auto_buf b = BUF_EMPTY;
    CHECK_STR(string(&b, ""), "\"\"");
    CHECK_STR(string(&b, "make -j4 'all'/"), "\"make -j4 'all'/\"");
    CHECK_STR(string(&b, "h\xC3\xA9 \xF0\x9F\x98\x80"), "\"h\xC3\xA9 \xF0\x9F\x98\x80\"");
    CHECK_STR(string(&b, NULL), "null");
}

TEST(what_json_cannot_hold_is_escaped)
{
    auto_buf b = BUF_EMPTY;
    CHECK_STR(string(&b, "a\"b\\c"), "\"a\\\"b\\\\c\"");
    CHECK_STR(string(&b, "\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"");
    CHECK_STR(string(&b, "\x01\x1f\x7f"), "\"\\u0001\\u001f\\u007f\"");
}

TEST(what_steers_or_turns_a_terminal_is_escaped)
{
    static const char text[] = "{\n\t\"a\":\"\xC2\x9B"
                               "31m\xE2\x80\xAEgnp \xD8\x9C \xF3\xA0\x80\x81\x7F\x1B h\xC3\xA9 \xE2\x80\x8D\"}";
    auto_buf b = BUF_EMPTY;
    CHECK_STR(string(&b, "\xC2\x9B\xE2\x80\xAE\xE2\x81\xA6\xEF\xBB\xBF\xF3\xA0\x80\x81"),
              "\"\\u009b\\u202e\\u2066\\ufeff\\udb40\\udc01\"");
    buf_clear(&b);
    json_put_visible(&b, text, sizeof text - 1);
    CHECK_STR(buf_text(&b),
              "{\n\t\"a\":\"\\u009b31m\\u202egnp \\u061c \\udb40\\udc01\\u007f\\u001b h\xC3\xA9 \xE2\x80\x8D\"}");
    buf_clear(&b);
    json_put_visible(&b, "\x9B\"", 2); /* one byte of C1, as a terminal without UTF-8 takes it */
    CHECK_STR(buf_text(&b), UTF8_MARK "\"");
}

TEST(bytes_that_are_not_utf8_are_mended)
{
    auto_buf b = BUF_EMPTY;
    CHECK_STR(string(&b, "a\xFF\"\xED\xA0\x80"), "\"a" UTF8_MARK "\\\"" UTF8_MARK UTF8_MARK UTF8_MARK "\"");
    buf_clear(&b);
    json_put_bytes(&b, "x\0y", 3);
    CHECK_STR(buf_text(&b), "\"x" UTF8_MARK "y\"");
}

TEST(integers_are_exact_to_the_limits)
{
    const struct {
        int64_t value;
        const char *text;
    } cases[] = {{0, "0"},
                 {-1, "-1"},
                 {1795422982123456789, "1795422982123456789"},
                 {9007199254740993, "9007199254740993"},
                 {INT64_MAX, "9223372036854775807"},
                 {INT64_MIN, "-9223372036854775808"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        auto_buf b = BUF_EMPTY;
        json_put_int(&b, cases[i].value);
        CHECK_STR(buf_text(&b), cases[i].text);
    }
}

TEST(an_absent_integer_is_null)
{
    auto_buf b = BUF_EMPTY;
    json_put_int_or_null(&b, INT64_MIN);
    json_put_int_or_null(&b, -7);
    json_put_bool(&b, true);
    json_put_bool(&b, false);
    CHECK_STR(buf_text(&b), "null-7truefalse");
}

TEST(commands_of_ci_agents_are_escaped_for_a_log)
{
    auto_buf b = BUF_EMPTY;
    static const char text[] = "[\"##vso[x] ### # \xC3\xA9##\"]\n";
    json_put_visible(&b, text, sizeof text - 1);
    CHECK_STR(buf_text(&b), "[\"#\\u0023vso[x] #\\u0023# # \xC3\xA9#\\u0023\"]\n");
}

TEST_MAIN(CASE(commands_of_ci_agents_are_escaped_for_a_log), CASE(plain_text_is_only_quoted),
          CASE(what_json_cannot_hold_is_escaped), CASE(what_steers_or_turns_a_terminal_is_escaped),
          CASE(bytes_that_are_not_utf8_are_mended), CASE(integers_are_exact_to_the_limits),
          CASE(an_absent_integer_is_null))
