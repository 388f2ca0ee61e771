/* SPDX-License-Identifier: MIT */
#include "export/html.h"

#include <string.h>

#include "test.h"

TEST(markup_is_text)
{
    auto_buf b = BUF_EMPTY;
    html_put(&b, "</script><img src=x onerror=\"a('b')\">&lt;<!--]]>");
    CHECK_STR(buf_text(&b), "&lt;/script&gt;&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;lt;&lt;!--]]&gt;");
}

TEST(no_control_and_no_direction_character_comes_through)
{
    auto_buf b = BUF_EMPTY;
    html_put(&b, "a\x1b[31m\x01\x7f\xC2\x85x\xE2\x80\xAEy\xE2\x81\xA6z\nb\tc");
    for (size_t i = 0; i < b.len; i++)
        CHECK((unsigned char)b.data[i] >= 0x20 && b.data[i] != 0x7F);
    CHECK(!strstr(buf_text(&b), "\xC2\x85") && !strstr(buf_text(&b), "\xE2\x80\xAE") &&
          !strstr(buf_text(&b), "\xE2\x81\xA6"));
}

TEST(what_is_no_utf_8_is_mended)
{
    static const char sign[] = "\xEF\xBF\xBD";
    auto_buf b = BUF_EMPTY;
    html_put(&b, "a\xFF\xC0<\xED\xA0\x80z");
    CHECK(!strncmp(buf_text(&b), "a", 1) && strstr(buf_text(&b), "&lt;") && b.data[b.len - 1] == 'z');
    for (size_t i = 0; i < b.len; i++)
        CHECK((unsigned char)b.data[i] < 0x80 || strchr(sign, b.data[i]));
}

TEST(only_texts_and_numbers_are_filled_in)
{
    auto_buf b = BUF_EMPTY;
    html_printf(&b, "<p title=\"%s\">%d % of %s</p>", "\"", 42LL, "<b>");
    CHECK_STR(buf_text(&b), "<p title=\"&quot;\">42 % of &lt;b&gt;</p>");
    buf_clear(&b);
    html_printf(&b, "[%s]", (const char *)NULL);
    CHECK_STR(buf_text(&b), "[]");
}

TEST_MAIN(CASE(markup_is_text), CASE(no_control_and_no_direction_character_comes_through),
          CASE(what_is_no_utf_8_is_mended), CASE(only_texts_and_numbers_are_filled_in))
