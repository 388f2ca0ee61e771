/* SPDX-License-Identifier: MIT */
#include "export/collection_json.h"

#include <errno.h>
#include <stdlib.h>

#include "base/json_lex.h"
#include "base/utf8.h"
#include "test.h"

static int merge(const char *existing, const char *name, const char *json, struct buf *out)
{
    auto_buf old = BUF_EMPTY;
    if (existing)
        buf_str(&old, existing);
    size_t left_out = 0;
    int err = collection_merge(existing ? &old : NULL, &(struct collection_value){name, json}, 1, out, &left_out);
    return err ? err : (int)left_out;
}

TEST(a_first_value_makes_the_collection)
{
    auto_buf out = BUF_EMPTY;
    CHECK(!merge(NULL, "build", "1234", &out));
    CHECK_STR(buf_text(&out), "{\"build\":1234}");
}

TEST(other_keys_their_order_and_digits_stay)
{
    auto_buf out = BUF_EMPTY;
    CHECK(!merge("{\"z\":12345678901234567890, \"b\":1.50,\"a\":{\"k\":[null]}}\n", "b", "\"new\"", &out));
    CHECK_STR(buf_text(&out), "{\"z\":12345678901234567890,\"b\":\"new\",\"a\":{\"k\":[null]}}");
}

TEST(new_keys_go_to_the_end_in_their_order)
{
    auto_buf old = BUF_EMPTY, out = BUF_EMPTY;
    const struct collection_value values[] = {{"d", "4"}, {"a", "true"}, {"c", "[1]"}, {"d", "5"}};
    buf_str(&old, "{\"a\":1,\"b\":2}");
    size_t left_out = 1;
    CHECK(!collection_merge(&old, values, ARRAY_LEN(values), &out, &left_out) && !left_out);
    CHECK_STR(buf_text(&out), "{\"a\":true,\"b\":2,\"d\":5,\"c\":[1]}");
}

TEST(what_is_no_object_is_never_replaced)
{
    const char *others[] = {"[]", "5", "null", "{\"a\":1", "<html>", "{\"a\":1}x", "{\"a\":\"\xFF\"}"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        auto_buf out = BUF_EMPTY;
        CHECK(merge(others[i], "a", "1", &out) == -EINVAL && out.len == 0);
    }
}

TEST(bytes_behind_a_nul_are_not_overlooked)
{
    auto_buf old = BUF_EMPTY, out = BUF_EMPTY;
    buf_add(&old, "{}\0{}", 5);
    size_t left_out;
    CHECK(collection_merge(&old, NULL, 0, &out, &left_out) == -EINVAL);
}

TEST(odd_names_are_mended_and_bad_values_refused)
{
    auto_buf out = BUF_EMPTY;
    CHECK(!merge("{}", "caf\xE9 \"x\"", "1", &out));
    CHECK_STR(buf_text(&out), "{\"caf" UTF8_MARK " \\\"x\\\"\":1}");
    buf_clear(&out);
    CHECK(merge("{}", "a", "not json", &out) == -EINVAL && out.len == 0);
}

TEST(a_collection_without_a_value_has_room_for_one)
{
    const char *empty[] = {"", "\n", " \t\r\n", "{}"};
    for (size_t i = 0; i < ARRAY_LEN(empty); i++) {
        auto_buf out = BUF_EMPTY;
        CHECK(!merge(empty[i], "a", "1", &out));
        CHECK_STR(buf_text(&out), "{\"a\":1}");
    }
}

TEST(what_python_writes_for_no_number_stays)
{
    auto_buf out = BUF_EMPTY;
    CHECK(!merge("{\"loss\": NaN, \"top\": [-Infinity, Infinity], \"n\": \"NaN\", \"b\": 2}", "b", "3", &out));
    CHECK_STR(buf_text(&out), "{\"loss\":NaN,\"top\":[-Infinity,Infinity],\"n\":\"NaN\",\"b\":3}");
    CHECK(merge("{\"a\":Na}", "b", "3", &out) == -EINVAL && merge("{\"a\":NaN1}", "b", "3", &out) == -EINVAL);
    CHECK(merge("{}", "b", "NaN", &out) == -EINVAL); /* ours are JSON */
}

/* `depth` lists in each other. */
static void put_nested(struct buf *out, int depth)
{
    for (int i = 0; i < depth; i++)
        buf_char(out, '[');
    for (int i = 0; i < depth; i++)
        buf_char(out, ']');
}

TEST(a_value_that_could_not_be_read_again_is_left_out)
{
    auto_buf deep = BUF_EMPTY, deeper = BUF_EMPTY, out = BUF_EMPTY, again = BUF_EMPTY;
    size_t left_out = 0;
    put_nested(&deep, JSON_DEPTH_MAX - 1);
    put_nested(&deeper, JSON_DEPTH_MAX);
    const struct collection_value values[] = {{"a", buf_text(&deeper)}, {"b", buf_text(&deep)}, {"c", "1"}};
    CHECK(!collection_merge(NULL, values, ARRAY_LEN(values), &out, &left_out) && left_out == 1);
    CHECK(!collection_merge(&out, values + 2, 1, &again, &left_out) && !left_out);
    CHECK_STR(buf_text(&again), buf_text(&out));
}

TEST(it_never_grows_beyond_what_is_read)
{
    auto_buf old = BUF_EMPTY, value = BUF_EMPTY, out = BUF_EMPTY;
    size_t left_out, half = COLLECTION_MAX / 2;
    buf_printf(&old, "{\"a\":\"%*s\"}", (int)half, "");
    buf_printf(&value, "\"%*s\"", (int)half, "");
    const struct collection_value values[] = {{"b", buf_text(&value)}, {"a", buf_text(&value)}};
    CHECK(!collection_merge(&old, values, 2, &out, &left_out) && left_out == 1 && out.len == old.len);
    buf_clear(&out);
    const struct collection_value small[] = {{"b", buf_text(&value)}, {"c", "1"}};
    CHECK(!collection_merge(&old, small, 2, &out, &left_out) && left_out == 1 && out.len == old.len + 6);
    CHECK_STR(buf_text(&out) + out.len - 7, ",\"c\":1}");
}

TEST(of_a_name_that_repeats_one_is_left_when_it_gets_a_value)
{
    auto_buf out = BUF_EMPTY, none = BUF_EMPTY;
    CHECK(!merge("{\"a\":1,\"b\":[ 2 ],\"\\u0061\":{\"a\":3},\"b\":4}", "a", "5", &out));
    CHECK_STR(buf_text(&out), "{\"a\":5,\"b\":[2],\"b\":4}");
    CHECK(!merge("\xEF\xBB\xBF{}", "a", "1", &none));
    CHECK_STR(buf_text(&none), "{\"a\":1}");
}

/* As many as a run may give; looked for one by one they would take minutes. */
TEST(many_values_are_merged_into_many)
{
    enum { COUNT = 200000 };
    auto_buf names = BUF_EMPTY, first = BUF_EMPTY, again = BUF_EMPTY;
    struct collection_value *values = calloc(COUNT, sizeof *values);
    size_t left_out;
    for (int i = 0; i < COUNT; i++)
        buf_printf(&names, "name%06d%c", i, 0);
    for (int i = 0; i < COUNT; i++)
        values[i] = (struct collection_value){names.data + (size_t)i * 11, "12345"};
    CHECK(!collection_merge(NULL, values, COUNT, &first, &left_out) && !left_out);
    CHECK(first.len == (size_t)COUNT * 19 + 1);
    CHECK(!collection_merge(&first, values, COUNT, &again, &left_out) && !left_out);
    CHECK_STR(buf_text(&again), buf_text(&first));
    free(values);
}

TEST(in_azure_the_collection_has_its_own_container)
{
    auto_buf url = BUF_EMPTY;
    const char *name = NULL;
    CHECK(!collection_place("azure://runs/team/a", "pathmetrics/statistics.json", &url, &name));
    CHECK_STR(buf_text(&url), "azure://pathmetrics");
    CHECK_STR(name, "statistics.json");
    CHECK(collection_place("azure://runs", "statistics.json", &url, &name) == -EINVAL);
    CHECK(collection_place("azure://runs", "/statistics.json", &url, &name) == -EINVAL);
    CHECK(collection_place("azure://runs", "pathmetrics/", &url, &name) == -EINVAL);
}

TEST(elsewhere_it_is_an_object_of_the_store)
{
    auto_buf url = BUF_EMPTY;
    const char *name = NULL;
    CHECK(!collection_place("file:///var/runs", "pathmetrics/statistics.json", &url, &name));
    CHECK_STR(buf_text(&url), "file:///var/runs");
    CHECK_STR(name, "pathmetrics/statistics.json");
}

TEST_MAIN(CASE(a_first_value_makes_the_collection), CASE(other_keys_their_order_and_digits_stay),
          CASE(new_keys_go_to_the_end_in_their_order), CASE(what_is_no_object_is_never_replaced),
          CASE(bytes_behind_a_nul_are_not_overlooked), CASE(odd_names_are_mended_and_bad_values_refused),
          CASE(a_collection_without_a_value_has_room_for_one), CASE(what_python_writes_for_no_number_stays),
          CASE(a_value_that_could_not_be_read_again_is_left_out), CASE(it_never_grows_beyond_what_is_read),
          CASE(of_a_name_that_repeats_one_is_left_when_it_gets_a_value), CASE(many_values_are_merged_into_many),
          CASE(in_azure_the_collection_has_its_own_container), CASE(elsewhere_it_is_an_object_of_the_store))
