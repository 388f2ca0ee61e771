/* SPDX-License-Identifier: MIT */
#include "base/json_lex.h"

#include <errno.h>

#include "base/json_write.h"
#include "base/utf8.h"
#include "test.h"

/* 0 when the text is exactly one JSON value. */
static int whole(const char *text, size_t len)
{
    struct json_lexer lx = {.at = text, .end = text + len};
    struct json_slice slice;
    int err = json_lex_skip(&lx, json_lex(&lx, &slice));
    return !err && json_lex(&lx, &slice) != JSON_END ? -EINVAL : err;
}

TEST(accepts_what_the_rfc_accepts)
{
    const char *good[] = {"0",
                          "-0",
                          "-0.5e+10",
                          "1E9",
                          "true",
                          " null ",
                          "\"\"",
                          "\"\\u00e9\\n\\/\"",
                          "[]",
                          "{}",
                          "[1,[2,{}],\"x\"]",
                          "{\"a\":{\"b\":[false]},\"c\":1}",
                          "\t\r\n[\n1 , 2 ]",
                          "\"\\ud800\"",
                          "\"\xF0\x9F\x98\x80\""};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        CHECK(whole(good[i], strlen(good[i])) == 0);
}

TEST(refuses_what_the_rfc_refuses)
{
    const char *bad[] = {"",
                         " ",
                         "01",
                         "+1",
                         "1.",
                         ".5",
                         "1e",
                         "-",
                         "0x1",
                         "NaN",
                         "nul",
                         "True",
                         "'a'",
                         "\"a",
                         "\"\\x41\"",
                         "\"\\u12g4\"",
                         "\"\n\"",
                         "\"\\",
                         "\"\\u12",
                         "[1,]",
                         "[,1]",
                         "[1 2]",
                         "{\"a\"}",
                         "{\"a\":}",
                         "{\"a\":1,}",
                         "{a:1}",
                         "{1:2}",
                         "{\"a\" 1}",
                         "[}",
                         "{]",
                         "[1",
                         "{\"a\":1",
                         "1 2",
                         "[]]",
                         "\"\xFF\"",
                         "\"\xED\xA0\x80\"",
                         "[1}",
                         "{\"a\":1]",
                         "//",
                         "1//",
                         ("\xEF\xBB\xBF"
                          "1")};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (whole(bad[i], strlen(bad[i])) == 0)
            printf("# accepted: %s\n", bad[i]);
        CHECK(whole(bad[i], strlen(bad[i])) == -EINVAL);
    }
    CHECK(whole("\"a\0b\"", 5) == -EINVAL);
    CHECK(whole("1\0", 2) == -EINVAL);
}

TEST(every_cut_of_a_text_is_refused)
{
    const char text[] = "{\"k\\u00e9y\":[1.5e3,true,null,\"\xE2\x82\xAC\\n\"],\"z\":{}}";
    for (size_t len = 0; len < sizeof text - 1; len++)
        CHECK(whole(text, len) == -EINVAL);
    CHECK(whole(text, sizeof text - 1) == 0);
}

TEST(depth_is_bounded)
{
    char deep[2 * JSON_DEPTH_MAX + 2];
    memset(deep, '[', JSON_DEPTH_MAX);
    memset(deep + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    CHECK(whole(deep, 2 * JSON_DEPTH_MAX) == 0);
    memset(deep, '[', JSON_DEPTH_MAX + 1);
    memset(deep + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
    CHECK(whole(deep, sizeof deep) == -E2BIG);
}

TEST(integers_are_exact_or_refused)
{
    const struct {
        const char *text;
        bool fits;
        int64_t value;
    } cases[] = {{"0", true, 0},
                 {"-0", true, 0},
                 {"9007199254740993", true, 9007199254740993},
                 {"9223372036854775807", true, INT64_MAX},
                 {"-9223372036854775808", true, INT64_MIN},
                 {"9223372036854775808", false, 0},
                 {"-9223372036854775809", false, 0},
                 {"99999999999999999999", false, 0},
                 {"1.0", false, 0},
                 {"1e3", false, 0},
                 {"-", false, 0}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t value = 5;
        struct json_slice slice = {.text = cases[i].text, .len = strlen(cases[i].text)};
        CHECK(json_slice_int(&slice, &value) == cases[i].fits);
        CHECK(value == (cases[i].fits ? cases[i].value : 5));
    }
}

static const char *unescaped(const char *text, char *out)
{
    struct json_lexer lx = {.at = text, .end = text + strlen(text)};
    struct json_slice slice;
    if (json_lex(&lx, &slice) != JSON_STRING)
        return NULL;
    return json_unescape(&slice, out) == strlen(out) ? out : NULL;
}

TEST(escapes_become_their_characters)
{
    char out[64];
    CHECK_STR(unescaped("\"plain\"", out), "plain");
    CHECK_STR(unescaped("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", out), "\"\\/\b\f\n\r\t");
    CHECK_STR(unescaped("\"\\u0041\\u00e9\\u20AC\\ud83d\\ude00!\"", out), "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80!");
}

TEST(what_is_no_character_becomes_the_mark)
{
    char out[64];
    CHECK_STR(unescaped("\"a\\u0000b\"", out), "a" UTF8_MARK "b");
    CHECK_STR(unescaped("\"\\ud800\"", out), UTF8_MARK);
    CHECK_STR(unescaped("\"\\ud800\\u0041\"", out), UTF8_MARK "A");
    CHECK_STR(unescaped("\"\\udc00\\ud800\\ud800\\udc00\"", out), UTF8_MARK UTF8_MARK "\xF0\x90\x80\x80");
}

TEST(every_string_survives_writing_and_reading)
{
    for (int first = 1; first < 256; first++) {
        for (int second = 1; second < 256; second++) {
            char text[] = {(char)first, (char)second, 0}, out[16];
            auto_buf b = BUF_EMPTY, want = BUF_EMPTY;
            json_put_string(&b, text);
            utf8_put_clean(&want, text, 2);
            CHECK_STR(unescaped(b.data, out), buf_text(&want));
        }
    }
}

TEST_MAIN(CASE(accepts_what_the_rfc_accepts), CASE(refuses_what_the_rfc_refuses), CASE(every_cut_of_a_text_is_refused),
          CASE(depth_is_bounded), CASE(integers_are_exact_or_refused), CASE(escapes_become_their_characters),
          CASE(what_is_no_character_becomes_the_mark), CASE(every_string_survives_writing_and_reading))
