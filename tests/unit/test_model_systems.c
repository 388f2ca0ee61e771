/* SPDX-License-Identifier: MIT */
#include "model/systems.h"

#include "test.h"

static void call(struct systems *s, uint32_t owner, int64_t start, int64_t end, int status)
{
    const struct spool_cell cell = {
        .kind = SPOOL_CELL_SYSTEM,
        .born = {.start_ns = start, .end.end_ns = end, .end.returned = wait_status_of(status)}};
    if (systems_add(s, owner, &cell))
        test_failed = true;
}

static void stream(struct systems *s, int64_t start, int64_t end, int64_t key)
{
    const struct spool_cell cell = {.kind = end ? SPOOL_CELL_SYSTEM : SPOOL_CELL_POPEN,
                                    .born = {.start_ns = start, .end.end_ns = end, .end.exec_ns = key}};
    if (systems_add(s, 1, &cell))
        test_failed = true;
}

/* The start of the call that ran a shell which began then, and said that it exited with `code`; -1 = none. */
static int64_t find(struct systems *s, uint32_t parent, int64_t start, int code)
{
    const struct system_shell shell = {
        .parent = parent, .start_ns = start, .end = {.left = SPOOL_LEFT_EXIT, .code = exit_code_of(code)}};
    const struct system_call *found = systems_find(s, &shell);
    return found ? found->start_ns : -1;
}

TEST(a_shell_belongs_to_the_call_that_it_ran_in)
{
    struct systems s = {0};
    for (int64_t i = 1; i <= 1000; i++) {
        call(&s, 1, 100 * i, 100 * i + 50, 0);
        call(&s, 2, 100 * i, 100 * i + 99, 0);
    }
    systems_complete(&s);
    CHECK(find(&s, 1, 50030, 0) == 50000);
    CHECK(find(&s, 1, 50060, 0) == -1);
    CHECK(find(&s, 2, 50060, 0) == 50000);
    CHECK(find(&s, 3, 50060, 0) == -1);
    CHECK(find(&s, 1, 99, 0) == -1);
    systems_release(&s);
}

TEST(a_long_call_is_found_behind_many_short_ones)
{
    struct systems s = {0};
    call(&s, 1, 10, 5000, 7 << 8);
    for (int64_t i = 1; i < 40; i++)
        call(&s, 1, 100 * i, 100 * i + 50, 0);
    systems_complete(&s);
    CHECK(find(&s, 1, 3580, 7) == 10);
    systems_release(&s);
}

TEST(of_calls_at_once_the_earliest_that_agrees_answers_once)
{
    struct systems s = {0};
    call(&s, 1, 10, 100, 1 << 8);
    call(&s, 1, 11, 100, 0);
    call(&s, 1, 12, 100, 0);
    systems_complete(&s);
    CHECK(find(&s, 1, 20, 0) == 11);
    CHECK(find(&s, 1, 20, 0) == 12);
    CHECK(find(&s, 1, 20, 0) == -1);
    CHECK(find(&s, 1, 20, 1) == 10);
    systems_release(&s);
}

TEST(a_call_that_never_learned_the_status_fits_any)
{
    struct systems s = {0};
    call(&s, 1, 10, 100, -1);
    systems_complete(&s);
    CHECK(find(&s, 1, 20, 3) == 10);
    systems_release(&s);
}

TEST(a_stream_used_again_is_joined_with_its_own_end_in_any_order)
{
    struct systems s = {0};
    stream(&s, 40, 45, 0xabc);
    stream(&s, 30, 0, 0xabc);
    stream(&s, 10, 0, 0xabc);
    stream(&s, 20, 25, 0xabc);
    stream(&s, 50, 0, 0xabc);
    systems_complete(&s);
    CHECK(s.len == 3);
    CHECK(s.list[0].end_ns == 25 && s.list[1].end_ns == 45 && s.list[2].end_ns == 0);
    CHECK(find(&s, 1, 27, 0) == -1);
    CHECK(find(&s, 1, 44, 0) == 30);
    CHECK(find(&s, 1, 60, 0) == -1);
    systems_release(&s);
}

TEST_MAIN(CASE(a_shell_belongs_to_the_call_that_it_ran_in), CASE(a_long_call_is_found_behind_many_short_ones),
          CASE(of_calls_at_once_the_earliest_that_agrees_answers_once),
          CASE(a_call_that_never_learned_the_status_fits_any),
          CASE(a_stream_used_again_is_joined_with_its_own_end_in_any_order))
