/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include "test.h"

static const char *clean(struct buf *b, const char *bytes)
{
    buf_clear(b);
    utf8_put_clean(b, bytes, strlen(bytes));
    return buf_text(b);
}

TEST(valid_text_passes_unchanged)
{
    auto_buf b = BUF_EMPTY;
    const char *samples[] = {"",
                             "plain",
                             "h\xC3\xA9",
                             "\xE2\x82\xAC",
                             "\xF0\x9F\x98\x80",
                             "\xED\x9F\xBF\xEE\x80\x80",
                             "\xF4\x8F\xBF\xBF",
                             "\xC2\x80"};
    for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
        CHECK(utf8_valid(samples[i], strlen(samples[i])));
        CHECK_STR(clean(&b, samples[i]), samples[i]);
    }
}

TEST(each_maximal_bad_part_becomes_one_mark)
{
    auto_buf b = BUF_EMPTY;
    CHECK_STR(clean(&b, "a\xFFz"), "a" UTF8_MARK "z");
    CHECK_STR(clean(&b, "\x80\x80"), UTF8_MARK UTF8_MARK);
    CHECK_STR(clean(&b, "\xE2\x82z"), UTF8_MARK "z");
    CHECK_STR(clean(&b, "\xF0\x9F\x98"), UTF8_MARK);
    CHECK_STR(clean(&b, "\xC0\xAF"), UTF8_MARK UTF8_MARK);
    CHECK_STR(clean(&b, "\xE0\x80\x80"), UTF8_MARK UTF8_MARK UTF8_MARK);
}

TEST(surrogates_and_too_large_values_are_bad)
{
    CHECK(!utf8_valid("\xED\xA0\x80", 3));
    CHECK(!utf8_valid("\xF4\x90\x80\x80", 4));
    CHECK(!utf8_valid("\xF5\x80\x80\x80", 4));
    CHECK(!utf8_valid("\xC1\xBF", 2));
}

TEST(a_nul_is_not_text)
{
    auto_buf b = BUF_EMPTY;
    CHECK(!utf8_valid("a\0b", 3));
    utf8_put_clean(&b, "a\0b", 3);
    CHECK_STR(buf_text(&b), "a" UTF8_MARK "b");
}

/* Every two-byte start before a fixed tail: whatever comes in, valid text comes out, and valid text is kept.
 */
TEST(whatever_goes_in_valid_text_comes_out)
{
    auto_buf b = BUF_EMPTY;
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        char in[] = {(char)(pair >> 8), (char)pair, (char)0x80, (char)0xBF, 'z'};
        buf_clear(&b);
        utf8_put_clean(&b, in, sizeof in);
        CHECK(utf8_valid(b.data, b.len));
        CHECK(b.data[b.len - 1] == 'z');
        if (utf8_valid(in, sizeof in))
            CHECK(b.len == sizeof in && !memcmp(b.data, in, sizeof in));
    }
}

TEST(every_character_survives_writing_and_reading)
{
    auto_buf b = BUF_EMPTY;
    for (uint32_t cp = 1; cp < 0x110000; cp++) {
        if (cp >= 0xD800 && cp <= 0xDFFF)
            continue;
        uint32_t back;
        buf_clear(&b);
        utf8_put(&b, cp);
        CHECK(utf8_decode(b.data, b.len, &back) == b.len && back == cp);
    }
}

TEST(what_is_no_character_is_written_as_the_mark)
{
    const uint32_t bad[] = {0, 0xD800, 0xDFFF, 0x110000, UTF8_BAD};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        auto_buf b = BUF_EMPTY;
        utf8_put(&b, bad[i]);
        CHECK_STR(buf_text(&b), UTF8_MARK);
    }
}

TEST(columns_know_wide_and_combining_characters)
{
    CHECK(utf8_columns('a') == 1);
    CHECK(utf8_columns(0xE9) == 1);
    CHECK(utf8_columns(0x301) == 0);
    CHECK(utf8_columns(0x4E2D) == 2);
    CHECK(utf8_columns(0x1F600) == 2);
    CHECK(utf8_columns(0x2502) == 1);
}

TEST_MAIN(CASE(valid_text_passes_unchanged), CASE(each_maximal_bad_part_becomes_one_mark),
          CASE(surrogates_and_too_large_values_are_bad), CASE(a_nul_is_not_text),
          CASE(whatever_goes_in_valid_text_comes_out), CASE(every_character_survives_writing_and_reading),
          CASE(what_is_no_character_is_written_as_the_mark), CASE(columns_know_wide_and_combining_characters))
