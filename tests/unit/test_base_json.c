/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <errno.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "test.h"

static struct json *parsed(const char *text)
{
    struct json *root = NULL;
    return json_parse(text, strlen(text), &root) ? NULL : root;
}

/* The text as it comes out again. */
static const char *reprinted(struct buf *b, const char *text)
{
    auto_json root = parsed(text);
    buf_clear(b);
    return root && !json_print(root, b) ? buf_text(b) : "refused";
}

TEST(values_are_found_by_key)
{
    auto_json root = parsed("{\"s\":\"a\\nb\",\"n\":42,\"t\":true,\"f\":false,\"z\":null,\"o\":{\"k\":\"v\"}}");
    int64_t number = 0;
    bool flag = false;
    CHECK_STR(json_text(json_get(root, "s")), "a\nb");
    CHECK(json_int(json_get(root, "n"), &number) && number == 42);
    CHECK(json_bool(json_get(root, "t"), &flag) && flag);
    CHECK(json_bool(json_get(root, "f"), &flag) && !flag);
    CHECK_STR(json_text(json_get(json_get(root, "o"), "k")), "v");
    CHECK(json_get(root, "S") == NULL && json_get(json_get(root, "s"), "k") == NULL);
}

TEST(absent_or_other_values_are_not_mistaken)
{
    auto_json root = parsed("{\"s\":\"7\",\"n\":1.5,\"z\":null}");
    int64_t number = 5;
    bool flag = true;
    CHECK(!json_int(json_get(root, "s"), &number) && !json_int(json_get(root, "n"), &number));
    CHECK(!json_int(NULL, &number) && number == 5);
    CHECK(!json_bool(json_get(root, "z"), &flag) && flag);
    CHECK(json_text(json_get(root, "n")) == NULL && json_text(NULL) == NULL);
    CHECK(json_first(NULL) == NULL && json_next(NULL) == NULL && json_key(root) == NULL && !json_is_object(NULL));
}

TEST(integers_beyond_a_double_stay_exact)
{
    auto_json root = parsed("{\"start_ns\":1795422982123456789,\"least\":-9223372036854775808}");
    int64_t number = 0;
    CHECK(json_int(json_get(root, "start_ns"), &number) && number == 1795422982123456789);
    CHECK(json_int(json_get(root, "least"), &number) && number == INT64_MIN);
}

TEST(printing_keeps_numbers_as_they_stood)
{
    auto_buf b = BUF_EMPTY;
    const char *texts[] = {"[1.0,1e5,-0,12345678901234567890,0.1234567890123456789,1E+2]", "{\"a\":[],\"b\":{}}", "5",
                           "[\"\",\"5\",true,false,null]"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        CHECK_STR(reprinted(&b, texts[i]), texts[i]);
    CHECK_STR(reprinted(&b, " { \"a\" :\n[ 1 , 2 ] } \n"), "{\"a\":[1,2]}");
}

TEST(elements_are_walked_in_order)
{
    auto_json root = parsed("[10,20,30]");
    int64_t sum = 0, number;
    for (const struct json *value = json_first(root); value; value = json_next(value)) {
        CHECK(json_int(value, &number));
        sum = sum * 100 + number;
    }
    CHECK(sum == 102030);
}

TEST(odd_escapes_do_not_cut_a_string)
{
    auto_buf b = BUF_EMPTY;
    CHECK_STR(reprinted(&b, "[\"a\\u0000b\",\"\\ud800\",\"\\u00e9\"]"),
              "[\"a" UTF8_MARK "b\",\"" UTF8_MARK "\",\"\xC3\xA9\"]");
}

TEST(texts_that_are_not_json_are_refused)
{
    const char *bad[] = {"",
                         "{",
                         "{\"a\":01}",
                         "[1,]",
                         "{}x",
                         "\"\xFF\"",
                         ("\"\xFF"
                          "5\""),
                         "nope"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct json *root = NULL;
        CHECK(json_parse(bad[i], strlen(bad[i]), &root) == -EINVAL && !root);
    }
}

TEST(depth_and_size_are_bounded)
{
    struct json *root = NULL;
    char *big = malloc(JSON_TEXT_MAX + 1);
    CHECK(big);
    memset(big, '[', JSON_TEXT_MAX + 1);
    CHECK(json_parse(big, JSON_TEXT_MAX + 1, &root) == -EFBIG);
    CHECK(json_parse(big, JSON_TEXT_MAX, &root) == -E2BIG);
    free(big);
}

TEST(a_byte_order_mark_is_passed_over)
{
    auto_buf b = BUF_EMPTY;
    CHECK_STR(reprinted(&b, "\xEF\xBB\xBF{\"a\":1}"), "{\"a\":1}");
}

TEST(set_replaces_in_place_and_adds_at_the_end)
{
    auto_json root = parsed("{\"a\":1,\"b\":2,\"c\":3}");
    auto_buf b = BUF_EMPTY;
    CHECK(!json_set(root, "b", "[\"new\",1.50]"));
    CHECK(!json_set(root, "d\"\n", "\"end\""));
    CHECK(!json_print(root, &b));
    CHECK_STR(buf_text(&b), "{\"a\":1,\"b\":[\"new\",1.50],\"c\":3,\"d\\\"\\n\":\"end\"}");
    CHECK(json_set(root, "a", "oops") == -EINVAL);
    CHECK(json_set(json_get(root, "a"), "x", "1") == -EINVAL);
}

TEST(the_last_of_repeated_keys_counts)
{
    auto_json root = parsed("{\"a\":1,\"a\":2}");
    int64_t number = 0;
    CHECK(json_int(json_get(root, "a"), &number) && number == 2);
    CHECK(!json_set(root, "a", "3"));
    CHECK(json_int(json_get(root, "a"), &number) && number == 3);
}

TEST(typed_values_are_json_or_else_text)
{
    const char *pairs[][2] = {{"5", "5"},       {"-2.5", "-2.5"},   {" [1, 2]\n", "[1,2]"},
                              {"true", "true"}, {"\"s\"", "\"s\""}, {"hello", "\"hello\""},
                              {"", "\"\""},     {"01", "\"01\""},   {"a\"b\xFF", "\"a\\\"b" UTF8_MARK "\""}};
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        auto_buf b = BUF_EMPTY;
        CHECK(!json_put_typed(&b, pairs[i][0]));
        CHECK_STR(buf_text(&b), pairs[i][1]);
    }
}

TEST(typed_lists_and_objects_are_what_their_trees_print)
{
    static const char *const texts[] = {"[]",
                                        " {} ",
                                        "[ 1 ,2.50,\t1E400, -0 ]",
                                        "{\"a\" : {\"b\":[null,true , false]},\"a\":2}",
                                        "[\"\x7F \xC3\xA9 / \",\"\"]",
                                        "[\"\\u00e9\\/\",1]",
                                        "[[[[ ]]] ]",
                                        "\xEF\xBB\xBF[1 ]",
                                        "{\"\":[\"{ }\"]}\n"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        auto_buf b = BUF_EMPTY, want = BUF_EMPTY;
        auto_json tree = NULL;
        CHECK(!json_parse(texts[i], strlen(texts[i]), &tree) && !json_print(tree, &want));
        CHECK(!json_put_typed(&b, texts[i]));
        CHECK_STR(buf_text(&b), buf_text(&want));
    }
}

TEST(numbers_that_a_double_would_change_stay_text)
{
    static const char *const kept[] = {"0",
                                       "-5",
                                       "0.1",
                                       "85.25",
                                       "9007199254740992",
                                       "0.30000000000000004",
                                       "1e-07",
                                       "1e-7",
                                       "2.5e+20",
                                       "1700000000.123456"};
    static const char *const changed[] = {"4e12345",
                                          "1234e56",
                                          "1e5",
                                          "1E+5",
                                          "1.10",
                                          "1.0",
                                          "-0",
                                          "0.0",
                                          "12e-5",
                                          "1.50e-5",
                                          "12345678901234567891",
                                          "9007199254740993",
                                          "0.10000000000000001",
                                          "1e-400",
                                          "1e+400",
                                          "3.14159265358979323846264338327950288"};
    for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
        auto_buf b = BUF_EMPTY;
        CHECK(!json_put_typed(&b, kept[i]));
        CHECK_STR(buf_text(&b), kept[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(changed); i++) {
        auto_buf b = BUF_EMPTY, want = BUF_EMPTY;
        buf_printf(&want, "\"%s\"", changed[i]);
        CHECK(!json_put_typed(&b, changed[i]));
        CHECK_STR(buf_text(&b), buf_text(&want));
    }
}

TEST_MAIN(CASE(values_are_found_by_key), CASE(absent_or_other_values_are_not_mistaken),
          CASE(integers_beyond_a_double_stay_exact), CASE(printing_keeps_numbers_as_they_stood),
          CASE(elements_are_walked_in_order), CASE(odd_escapes_do_not_cut_a_string),
          CASE(texts_that_are_not_json_are_refused), CASE(depth_and_size_are_bounded),
          CASE(a_byte_order_mark_is_passed_over), CASE(set_replaces_in_place_and_adds_at_the_end),
          CASE(the_last_of_repeated_keys_counts), CASE(typed_values_are_json_or_else_text),
          CASE(typed_lists_and_objects_are_what_their_trees_print), CASE(numbers_that_a_double_would_change_stay_text))
