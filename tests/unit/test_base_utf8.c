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

TEST(a_line_shows_what_would_steer_or_turn_it)
{
    static const uint32_t tricks[] = {1,      0x1B,   0x7F,   0x80,   0x9B,   0x9F,    0xAD,   0x61C,  0x180E,
                                      0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A,  0x202E, 0x2060, 0x2066,
                                      0x2069, 0x206F, 0xFEFF, 0xFFF9, 0xFFFB, 0xE0001, 0xE007F};
    static const uint32_t plain[] = {' ', '~', 0xA0, 0xE9, 0x200C, 0x200D, 0x2010, 0x202F, 0x4E2D, 0x1F600, UTF8_BAD};
    auto_buf b = BUF_EMPTY;
    for (size_t i = 0; i < ARRAY_LEN(tricks); i++)
        CHECK(utf8_plays_tricks(tricks[i]));
    for (size_t i = 0; i < ARRAY_LEN(plain); i++)
        CHECK(!utf8_plays_tricks(plain[i]));
    static const char text[] = "a\x1B[31m\n\x7F\xC2\x9B"
                               "b\xE2\x80\xAE\x9B\xC3\xA9";
    utf8_put_line(&b, text, sizeof text - 1);
    CHECK_STR(buf_text(&b), "a [31m  ?b?" UTF8_MARK "\xC3\xA9");
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
          CASE(what_is_no_character_is_written_as_the_mark), CASE(a_line_shows_what_would_steer_or_turn_it),
          CASE(columns_know_wide_and_combining_characters))
