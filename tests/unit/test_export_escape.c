/* SPDX-License-Identifier: MIT */
#include "export/escape.h"

#include <string.h>

#include "export/intern.h"
#include "export/heap.h"
#include "export/protobuf.h"
#include "base/utf8.h"
#include "some_spans.h"
#include "test.h"

#define ALL_CONTROLS "\x01\x02\t\n\r\x1b\x7f\xC2\x9B\xE2\x80\xAE"

TEST(xml_has_no_controls_and_no_markup)
{
    auto_buf out = BUF_EMPTY;
    text_put_xml(&out, "<a b='&\"'>]]>\t\n\r\x1b[1m \x01\x7f\xC2\x9B\xEF\xBF\xBE\xFF##[x]");
    CHECK_STR(buf_text(&out), "&#60;a b=&#39;&#38;&#34;&#39;&#62;]]&#62;&#9;&#10;&#13;" UTF8_MARK "[1m " UTF8_MARK
                              "&#127;&#155;" UTF8_MARK UTF8_MARK "&#35;&#35;[x]");
}

TEST(markdown_has_no_signs)
{
    auto_buf out = BUF_EMPTY;
    text_put_markdown(&out, "a|b\n`::error`##vso[x]<b>**_~www.x.y @me &amp; \\");
    CHECK_STR(buf_text(&out),
              "a&#124;b "
              "&#96;&#58;&#58;error&#96;&#35;&#35;vso&#91;x&#93;&#60;b&#62;&#42;&#42;&#95;&#126;www&#46;x.y "
              "&#64;me &#38;amp&#59; &#92;");
}

TEST(csv_is_one_line_of_doubled_quotes)
{
    auto_buf out = BUF_EMPTY;
    text_put_csv(&out, "a \"b\",\r\n\x1b\xFF");
    CHECK_STR(buf_text(&out), "\"a \"\"b\"\",   " UTF8_MARK "\"");
}

TEST(commands_of_agents_are_broken)
{
    auto_buf out = BUF_EMPTY, csv = BUF_EMPTY, json = BUF_EMPTY;
    text_put_csv(&csv, "##[x]");
    CHECK_STR(buf_text(&csv), "\"# #[x]\"");
    text_put_json(&json, "###[x]\x1b");
    CHECK_STR(buf_text(&json), "\"#\\u0023#[x]\\u001b\"");
    text_put_broken(&out, "::error::x ##[group]y\n##vso[task.z]");
    CHECK_STR(buf_text(&out), ": :error: :x # #[group]y # #vso[task.z]");
}

TEST(a_cut_leaves_characters_whole)
{
    auto_buf out = BUF_EMPTY;
    text_put_cut(&out, "ab\xC3\xA9", 4);
    text_put_cut(&out, "ab\xC3\xA9", 3);
    text_put_cut(&out, "abc", 2);
    text_put_cut(&out, ALL_CONTROLS, 99);
    CHECK_STR(buf_text(&out), "ab\xC3\xA9"
                              "ab\xE2\x80\xA6"
                              "ab\xE2\x80\xA6"
                              "       ??");
}

TEST(a_command_is_quoted_for_the_eye)
{
    auto_buf out = BUF_EMPTY;
    struct span span = some_process("id", NULL, 0, 0);
    text_put_command(&out, &span, 99);
    const char *args[] = {"sh", "-c", "echo it's", "", "a b"};
    span.args = args;
    span.argc = 5;
    buf_char(&out, '|');
    text_put_command(&out, &span, 99);
    buf_char(&out, '|');
    span.args_cut = true;
    text_put_command(&out, &span, 8);
    CHECK_STR(buf_text(&out), "id|sh -c \"echo it's\" '' 'a b'|sh -c \"e\xE2\x80\xA6");
}

TEST(a_string_has_one_number)
{
    struct intern in = INTERN_EMPTY;
    char text[16];
    uint32_t number;
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 3000; i++) {
            int len = snprintf(text, sizeof text, "%u", i);
            CHECK(!intern_put(&in, text, (size_t)len, &number) && number == i);
        }
    CHECK(in.len == 3000);
    CHECK_STR(intern_text(&in, 1234), "1234");
    CHECK(!intern_put(&in, "12345", 2, &number) && number == 12);
    intern_release(&in);
}

TEST(a_heap_gives_the_least_first)
{
    struct heap heap = {0};
    for (uint32_t i = 0; i < 1000; i++)
        CHECK(!heap_push(&heap, (int64_t)(i * 7919 % 1000), i));
    for (int64_t i = 0; i < 1000; i++)
        CHECK(heap_pop(&heap).key == i);
    CHECK(!heap.len);
    heap_release(&heap);
}

/* The examples of the encoding's own documentation. */
TEST(protocol_buffers_are_as_documented)
{
    auto_buf out = BUF_EMPTY, part = BUF_EMPTY;
    protobuf_uint(&out, 1, 150);
    protobuf_text(&out, 2, "testing");
    protobuf_uint(&part, 1, 150);
    protobuf_message(&out, 3, &part);
    CHECK(out.len == 17 && !memcmp(out.data, "\x08\x96\x01\x12\x07testing\x1a\x03\x08\x96\x01", 17) && !part.len);
    buf_clear(&out);
    protobuf_uint(&out, 60, UINT64_MAX);
    protobuf_fixed64(&out, 47, 0x0102030405060708);
    CHECK(out.len == 22 &&
          !memcmp(out.data, "\xE0\x03\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\xF9\x02\x08\x07\x06\x05\x04\x03\x02\x01",
                  22));
}

TEST_MAIN(CASE(xml_has_no_controls_and_no_markup), CASE(markdown_has_no_signs), CASE(csv_is_one_line_of_doubled_quotes),
          CASE(commands_of_agents_are_broken), CASE(a_cut_leaves_characters_whole),
          CASE(a_command_is_quoted_for_the_eye), CASE(a_string_has_one_number), CASE(a_heap_gives_the_least_first),
          CASE(protocol_buffers_are_as_documented))
