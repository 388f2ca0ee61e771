/* SPDX-License-Identifier: MIT */
#include "export/collection_repair.h"

#include <stdlib.h>

#include "export/collection_json.h"
#include "sys/clock.h"
#include "test.h"

#define auto_repair __attribute__((cleanup(collection_repair_release))) struct collection_repair

static struct collection_repair repair(const void *text, size_t len)
{
    auto_buf bytes = BUF_EMPTY;
    struct collection_repair r;
    buf_add(&bytes, text, len);
    if (collection_repair(&bytes, &r))
        abort();
    return r;
}

/* Whatever comes out can be read, and takes values. */
static void check_usable(const struct collection_repair *r)
{
    auto_buf out = BUF_EMPTY;
    size_t left_out = 0;
    CHECK(r->text.len <= COLLECTION_MAX);
    CHECK(collection_merge(&r->text, &(struct collection_value){"k", "1"}, 1, &out, &left_out) == 0);
}

TEST(what_can_be_read_is_left_alone)
{
    static const char *const sound[] = {
        "", " \n", "{}", "{\"a\":1}", "\xEF\xBB\xBF{\"a\":NaN}", "{\"a\":1,\"a\":[{\"b\":null}]}"};
    for (size_t i = 0; i < ARRAY_LEN(sound); i++) {
        auto_repair r = repair(sound[i], strlen(sound[i]));
        CHECK(r.is_sound && !r.text.len && !r.fault);
    }
}

TEST(members_are_taken_out_of_what_cannot)
{
    static const struct {
        const char *text, *want, *names;
        size_t lost;
    } cases[] = {
        {"{\"a\":1,\"b\":[2,{\"c\":3}],\"d\":", "{\"a\":1,\"b\":[2,{\"c\":3}]}", "[\"d\"]", 1}, /* cut */
        {"{\"a\":1,\"b\":12", "{\"a\":1}", "[\"b\"]", 1},                                       /* of 1234 */
        {"{\"a\":1,\"b\":\"half", "{\"a\":1}", "[\"b\"]", 1},
        {"{\"a\":{\"in\":1,\"n", "{}", "[\"a\"]", 1}, /* nothing from within */
        {"{\"a\":{\"x\":oops,\"y\":2},\"b\":3}", "{\"b\":3}", "[\"a\"]", 1},
        {"{\"a\": 1, 'b': 2, \"c\": 3,}", "{\"a\":1,\"c\":3}", "[]", 1},         /* Python, JavaScript */
        {"{\"a\":1}{\"b\":2}\n{\"c\":3}", "{\"a\":1,\"b\":2,\"c\":3}", "[]", 0}, /* one behind the other */
        {"[{\"a\":1},{\"b\":[]}]", "{\"a\":1,\"b\":[]}", "[]", 0},
        {"[1,\"two\"]", "{}", "[]", 2},
        {"<<<<<<< HEAD\n{\"a\":1,\n=======\n\"b\":2}", "{\"a\":1,\"b\":2}", "[]", 2},
        {"{\"a\":1 \"b\":2,\"c\":3}", "{\"c\":3}", "[\"a\"]", 1},
        {"{\"a\\q\":1,\"b\":\"\\q,\\\"x\\\":1\",\"c\":3}", "{\"c\":3}", "[\"b\"]", 2},
        {"{\"a\":1,\"b\":2}}]", "{\"a\":1,\"b\":2}", "[]", 0},
        {"<html>", "{}", "[]", 1},
        {"{\"a\":NaN,\"b\":nul}", "{\"a\":NaN}", "[\"b\"]", 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        auto_repair r = repair(cases[i].text, strlen(cases[i].text));
        CHECK(!r.is_sound && strstr(r.fault, "no JSON object"));
        CHECK_STR(buf_text(&r.text), cases[i].want);
        CHECK_STR(buf_text(&r.names), cases[i].names);
        CHECK(r.lost == cases[i].lost);
        check_usable(&r);
    }
}

TEST(bytes_that_are_no_text_cost_themselves)
{
    static const char latin[] = "{\"a\":\"gr\xfcn\",\"b\":\"x\0y\",\"c\":3}";
    auto_repair r = repair(latin, sizeof latin - 1);
    CHECK(r.is_mended_text && r.lost == 0 && r.kept == 3);
    CHECK_STR(buf_text(&r.text), "{\"a\":\"gr\xEF\xBF\xBDn\",\"b\":\"x\xEF\xBF\xBDy\",\"c\":3}");
}

TEST(what_is_nested_too_deeply_goes_alone)
{
    for (int depth = 62; depth < 3000; depth = depth < 66 ? depth + 1 : depth * 5) {
        auto_buf text = BUF_EMPTY;
        buf_str(&text, "{\"a\":1,\"deep\":");
        for (int i = 0; i < depth; i++)
            buf_str(&text, i % 2 ? "{\"x\":" : "[");
        buf_str(&text, "0");
        for (int i = depth; i--;)
            buf_char(&text, i % 2 ? '}' : ']');
        buf_str(&text, ",\"z\":2}");
        auto_repair r = repair(text.data, text.len);
        CHECK(r.is_sound == (depth < 64));
        if (r.is_sound)
            continue;
        CHECK(strstr(r.fault, "nested") != NULL);
        CHECK_STR(buf_text(&r.text), "{\"a\":1,\"z\":2}");
        CHECK_STR(buf_text(&r.names), "[\"deep\"]");
    }
}

TEST(what_finds_no_room_is_told_by_name)
{
    auto_buf text = BUF_EMPTY;
    buf_str(&text, "{\"first\":1");
    for (int i = 0; i < 5; i++) {
        buf_printf(&text, ",\"m%d\":\"", i);
        for (int k = 0; k < 4 << 10; k++)
            buf_printf(&text, "%01024d", k);
        buf_str(&text, "\"");
    }
    buf_str(&text, ",\"last\":2}");
    auto_repair r = repair(text.data, text.len);
    CHECK(!r.is_sound && strstr(r.fault, "longer") && r.kept == 5 && r.lost == 2);
    CHECK_STR(buf_text(&r.names), "[\"m3\",\"m4\"]");
    check_usable(&r);
}

TEST(names_that_are_told_have_an_end)
{
    auto_buf text = BUF_EMPTY;
    for (int i = 0; i < 100; i++)
        buf_printf(&text, "\"n%d\":oops,", i);
    auto_repair r = repair(text.data, text.len);
    CHECK(r.lost == 100 && strstr(buf_text(&r.names), "\"n19\"]"));
}

/* Each of these was made to be read again and again. */
TEST(time_goes_with_the_length)
{
    static const char *const pieces[] = {"\"\\\"", "\"", "{\"a\":",     "[",        "\"a\":[}",
                                         "\\",     "}{", "\"a\":\"\\q", "\"a\":1 ", ":"};
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        auto_buf text = BUF_EMPTY;
        int64_t begin = clock_now_ms();
        while (text.len < 2 << 20)
            buf_str(&text, pieces[i]);
        auto_repair r = repair(text.data, text.len);
        CHECK(!r.is_sound && clock_now_ms() - begin < 5000);
        check_usable(&r);
    }
}

TEST(any_cut_of_a_collection_keeps_what_came_before)
{
    static const char whole[] = "{\"a\":-1.5e3,\"b\":\"x\\\"y\\u00fc\",\"c\":[true,{\"d\":null}],\"e\":\"\xc3\xbc\"}";
    size_t kept = 0;
    for (size_t len = 1; len < sizeof whole - 1; len++) {
        auto_repair r = repair(whole, len);
        CHECK(!r.is_sound && r.kept >= kept && r.kept + r.lost <= 4);
        kept = r.kept;
        check_usable(&r);
    }
}

TEST_MAIN(CASE(what_can_be_read_is_left_alone), CASE(members_are_taken_out_of_what_cannot),
          CASE(bytes_that_are_no_text_cost_themselves), CASE(what_is_nested_too_deeply_goes_alone),
          CASE(what_finds_no_room_is_told_by_name), CASE(names_that_are_told_have_an_end),
          CASE(time_goes_with_the_length), CASE(any_cut_of_a_collection_keeps_what_came_before))
