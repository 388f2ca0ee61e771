/* SPDX-License-Identifier: MIT */
#include "run/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define auto_values __attribute__((cleanup(values_release))) struct values

/* The value kept under a name, or NULL. */
static const char *value_of(const struct values *v, const char *name)
{
    for (size_t i = 0; i < v->len; i++)
        if (!strcmp(v->list[i].name, name))
            return v->list[i].json;
    return NULL;
}

TEST(a_later_value_takes_the_place_of_an_earlier_one)
{
    auto_values v = {0};
    CHECK(!values_add(&v, "b", "1") && !values_add(&v, "a", "2") && !values_add(&v, "b", "\"longer\""));
    CHECK(v.len == 2 && !strcmp(v.list[0].name, "b") && !v.missed);
    CHECK_STR(v.list[0].json, "\"longer\"");
    CHECK(v.bytes == strlen("b") + strlen("\"longer\"") + strlen("a2"));
}

TEST(rows_give_durations_and_what_was_set_but_no_events)
{
    auto_values v = {0};
    const struct span task = {.kind = SPAN_TASK, .name = "task", .dur_ns = 1500000, .end_by = SPAN_END_MARK};
    const struct span open = {.kind = SPAN_TASK, .name = "open", .dur_ns = 1500000, .end_by = SPAN_END_RUN};
    const struct span set = {.kind = SPAN_MARK, .name = "set", .value = "[1]", .is_set = true};
    const struct span bare = {.kind = SPAN_MARK, .name = "bare", .is_set = true};
    const struct span event = {.kind = SPAN_MARK, .name = "event", .value = "2"};
    const struct span process = {.kind = SPAN_PROCESS, .name = "sh", .dur_ns = 1};
    const struct span *const all[] = {&task, &open, &set, &bare, &event, &process};
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        CHECK(!values_take_span(&v, all[i]));
    CHECK(v.len == 3);
    CHECK_STR(value_of(&v, "task"), "2");
    CHECK_STR(value_of(&v, "set"), "[1]");
    CHECK_STR(value_of(&v, "bare"), "\"\"");
}

TEST(more_names_than_a_collection_wants_are_counted)
{
    auto_values v = {0};
    char name[24];
    for (int i = 0; i < VALUES_MAX + 10; i++) {
        snprintf(name, sizeof name, "n%d", i);
        CHECK(!values_add(&v, name, "1"));
    }
    CHECK(v.len == VALUES_MAX && v.missed == 10);
    CHECK(!values_add(&v, "n0", "2") && v.missed == 10);
    CHECK_STR(v.list[0].json, "2");
}

TEST(more_bytes_than_a_collection_wants_are_counted_and_never_held)
{
    enum { LONG = 60000 };
    auto_values v = {0};
    char name[24], *text = calloc(1, LONG + 1);
    memset(text, '1', LONG);
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "n%d", i % 500);
        CHECK(!values_add(&v, name, text) && v.bytes <= VALUES_BYTES_MAX);
    }
    CHECK(v.len == VALUES_BYTES_MAX / (LONG + 4) && v.missed == 2 * (500 - v.len));
    CHECK(!values_add(&v, "small", "1"));
    CHECK_STR(value_of(&v, "small"), "1");
    free(text);
}

TEST(an_earlier_value_stays_when_a_longer_one_has_no_room)
{
    auto_values v = {0};
    char *text = calloc(1, VALUES_BYTES_MAX + 1);
    memset(text, '1', VALUES_BYTES_MAX);
    CHECK(!values_add(&v, "a", "1") && !values_add(&v, "a", text) && v.missed == 1);
    CHECK_STR(value_of(&v, "a"), "1");
    text[VALUES_BYTES_MAX - 1] = '\0';
    CHECK(!values_add(&v, "a", text) && v.missed == 1 && v.bytes == VALUES_BYTES_MAX);
    free(text);
}

TEST_MAIN(CASE(a_later_value_takes_the_place_of_an_earlier_one),
          CASE(rows_give_durations_and_what_was_set_but_no_events),
          CASE(more_names_than_a_collection_wants_are_counted),
          CASE(more_bytes_than_a_collection_wants_are_counted_and_never_held),
          CASE(an_earlier_value_stays_when_a_longer_one_has_no_room))
