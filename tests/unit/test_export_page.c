/* SPDX-License-Identifier: MIT */
#include "export/page.h"

#include "test.h"

#define DOTS "\xE2\x80\xA6"

static struct page page(struct buf *out, bool utf8)
{
    return (struct page){.out = out, .width = 40, .utf8 = utf8};
}

TEST(control_characters_never_reach_the_terminal)
{
    auto_buf b = BUF_EMPTY;
    struct page p = page(&b, true);
    page_text(&p, "a\x1b[31mb\x07\x7f\xC2\x9B"
                  "c\td\ne");
    CHECK_STR(buf_text(&b), "a?[31mb???c d e");
    CHECK(p.col == 15);
}

TEST(characters_that_reorder_a_line_are_replaced)
{
    auto_buf b = BUF_EMPTY;
    struct page p = page(&b, true);
    page_text(&p, "x\xE2\x80\xAEy\xE2\x81\xA6z");
    CHECK_STR(buf_text(&b), "x?y?z");
}

TEST(without_utf8_everything_is_ascii)
{
    auto_buf b = BUF_EMPTY;
    struct page p = page(&b, false);
    page_text(&p, "caf\xC3\xA9 \xFF \xE4\xB8\xAD");
    page_text(&p, " ");
    for (int glyph = GLYPH_FAILED; glyph <= GLYPH_REST; glyph++)
        page_sign(&p, (enum page_glyph)glyph);
    for (size_t i = 0; i < b.len; i++)
        CHECK(b.data[i] >= 0x20 && b.data[i] < 0x7F);
    CHECK(!strncmp(b.data, "caf? ? ? ", 9));
}

TEST(long_text_is_cut_with_a_sign)
{
    auto_buf b = BUF_EMPTY;
    struct page p = page(&b, true);
    page_fit(&p, "12345678", 8);
    page_text(&p, " ");
    page_fit(&p, "123456789", 8);
    CHECK_STR(buf_text(&b), "12345678 1234567" DOTS);
    CHECK(p.col == 17);
    buf_clear(&b);
    p = page(&b, false);
    page_fit(&p, "123456789", 8);
    page_fit(&p, "123456789", 2);
    page_fit(&p, "123456789", -5);
    CHECK_STR(buf_text(&b), "12345...");
}

TEST(wide_characters_count_twice)
{
    auto_buf b = BUF_EMPTY;
    struct page p = page(&b, true);
    CHECK(page_columns(&p, "a\xE4\xB8\xAD\xCC\x81") == 3);
    page_fit(&p, "\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD", 4);
    CHECK_STR(buf_text(&b), "\xE4\xB8\xAD" DOTS);
    CHECK(p.col == 3);
}

TEST(columns_are_reached_and_never_left_of_the_text)
{
    auto_buf b = BUF_EMPTY;
    struct page p = page(&b, true);
    page_right(&p, "12", 4);
    page_right(&p, "\xC3\xA9", 8);
    page_to(&p, 3);
    page_right(&p, "long", 9);
    CHECK_STR(buf_text(&b), "  12   \xC3\xA9long");
}

TEST(lines_end_without_blanks)
{
    auto_buf b = BUF_EMPTY;
    struct page p = page(&b, true);
    page_text(&p, "a   ");
    page_end(&p);
    page_to(&p, 5);
    page_end(&p);
    CHECK_STR(buf_text(&b), "a\n\n");
    CHECK(p.col == 0);
}

TEST(colour_takes_no_columns_and_only_on_request)
{
    auto_buf b = BUF_EMPTY;
    struct page p = page(&b, true);
    page_styled(&p, PAGE_RED, "x");
    CHECK_STR(buf_text(&b), "x");
    p.colour = true;
    page_styled(&p, PAGE_RED, "y");
    CHECK_STR(buf_text(&b), "x\x1b[1;31my\x1b[0m");
    CHECK(p.col == 2);
}

TEST(bars_say_how_much)
{
    static const struct {
        int64_t thousandths;
        const char *utf8, *ascii;
    } cases[] = {{0, "", ""},
                 {1, "\xE2\x96\x8F", "#"},
                 {500, "\xE2\x96\x88\xE2\x96\x88", "##"},
                 {560, "\xE2\x96\x88\xE2\x96\x88\xE2\x96\x8F", "##"},
                 {5000, "\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88", "####"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        auto_buf wide = BUF_EMPTY, plain = BUF_EMPTY;
        page_bar(&(struct page){.out = &wide, .width = 80, .utf8 = true}, cases[i].thousandths, 4);
        page_bar(&(struct page){.out = &plain, .width = 80}, cases[i].thousandths, 4);
        CHECK_STR(buf_text(&wide), cases[i].utf8);
        CHECK_STR(buf_text(&plain), cases[i].ascii);
    }
}

TEST(curves_are_blocks_or_digits)
{
    static const int64_t centi[] = {0, 10, 149, 400, 5000};
    auto_buf wide = BUF_EMPTY, plain = BUF_EMPTY;
    page_curve(&(struct page){.out = &wide, .width = 80, .utf8 = true}, centi, 4, 400);
    page_curve(&(struct page){.out = &plain, .width = 80}, centi, 5, 5000);
    CHECK_STR(buf_text(&wide), " \xE2\x96\x81\xE2\x96\x83\xE2\x96\x88");
    CHECK_STR(buf_text(&plain), "00149");
}

TEST_MAIN(CASE(control_characters_never_reach_the_terminal), CASE(characters_that_reorder_a_line_are_replaced),
          CASE(without_utf8_everything_is_ascii), CASE(long_text_is_cut_with_a_sign), CASE(wide_characters_count_twice),
          CASE(columns_are_reached_and_never_left_of_the_text), CASE(lines_end_without_blanks),
          CASE(colour_takes_no_columns_and_only_on_request), CASE(bars_say_how_much), CASE(curves_are_blocks_or_digits))
