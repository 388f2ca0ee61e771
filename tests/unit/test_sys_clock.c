/* SPDX-License-Identifier: MIT */
#include "sys/clock.h"

#include "test.h"

static bool no_hurry(void)
{
    return false;
}

static int asked;

static bool hurry_when_asked_again(void)
{
    return asked++;
}

TEST(clocks_agree_with_those_of_libc)
{
    struct timespec before, after;
    clock_gettime(CLOCK_REALTIME, &before);
    int64_t ns = clock_ns(CLOCK_REALTIME);
    clock_gettime(CLOCK_REALTIME, &after);
    CHECK(ns >= before.tv_sec * CLOCK_SECOND_NS + before.tv_nsec &&
          ns <= after.tv_sec * CLOCK_SECOND_NS + after.tv_nsec);
}

TEST(a_clock_that_is_none_reads_0)
{
    CHECK(clock_ns(9999) == 0);
}

TEST(now_is_the_monotonic_clock)
{
    int64_t before = clock_ns(CLOCK_MONOTONIC), now = clock_now_ns();
    CHECK(now >= before && clock_now_ms() >= now / 1000000);
}

TEST(a_wait_is_not_shorter_than_asked_for)
{
    int64_t before = clock_now_ns();
    clock_sleep_ms(5);
    CHECK(clock_now_ns() - before >= 5000000);
    before = clock_now_ns();
    clock_sleep_unless(5, no_hurry);
    clock_sleep_unless(5, NULL);
    CHECK(clock_now_ns() - before >= 10000000);
}

TEST(a_wait_ends_when_there_is_hurry)
{
    int64_t before = clock_now_ms();
    clock_sleep_unless(1000000, hurry_when_asked_again);
    CHECK(clock_now_ms() - before < 1000000 && asked == 2);
}

TEST(no_wait_is_no_wait)
{
    clock_sleep_unless(0, no_hurry);
    clock_sleep_unless(-1, no_hurry);
}

TEST_MAIN(CASE(clocks_agree_with_those_of_libc), CASE(a_clock_that_is_none_reads_0), CASE(now_is_the_monotonic_clock),
          CASE(a_wait_is_not_shorter_than_asked_for), CASE(a_wait_ends_when_there_is_hurry), CASE(no_wait_is_no_wait))
