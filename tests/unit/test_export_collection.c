/* SPDX-License-Identifier: MIT */
#include "export/collection.h"

#include <errno.h>

#include "base/utf8.h"
#include "test.h"

static int merge(const char *existing, const char *name, const char *json, struct buf *out)
{
    auto_buf old = BUF_EMPTY;
    if (existing)
        buf_str(&old, existing);
    return collection_merge(existing ? &old : NULL, &(struct collection_value){name, json}, 1, out);
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
    CHECK(!collection_merge(&old, values, ARRAY_LEN(values), &out));
    CHECK_STR(buf_text(&out), "{\"a\":true,\"b\":2,\"d\":5,\"c\":[1]}");
}

TEST(what_is_no_object_is_never_replaced)
{
    const char *others[] = {"", "[]", "5", "null", "{\"a\":1", "<html>", "{\"a\":1}x", "{\"a\":\"\xFF\"}"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        auto_buf out = BUF_EMPTY;
        CHECK(merge(others[i], "a", "1", &out) == -EINVAL && out.len == 0);
    }
}

TEST(bytes_behind_a_nul_are_not_overlooked)
{
    auto_buf old = BUF_EMPTY, out = BUF_EMPTY;
    buf_add(&old, "{}\0{}", 5);
    CHECK(collection_merge(&old, NULL, 0, &out) == -EINVAL);
}

TEST(odd_names_are_mended_and_bad_values_refused)
{
    auto_buf out = BUF_EMPTY;
    CHECK(!merge("{}", "caf\xE9 \"x\"", "1", &out));
    CHECK_STR(buf_text(&out), "{\"caf" UTF8_MARK " \\\"x\\\"\":1}");
    buf_clear(&out);
    CHECK(merge("{}", "a", "not json", &out) == -EINVAL && out.len == 0);
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
          CASE(in_azure_the_collection_has_its_own_container), CASE(elsewhere_it_is_an_object_of_the_store))
