/* SPDX-License-Identifier: MIT */
#include "store/retry.h"

#include "test.h"

static struct retry_try failed(unsigned attempt, int status)
{
    return (struct retry_try){.attempt = attempt, .status = status, .left_ms = 60000, .random = 12345};
}

TEST(faults_that_may_pass_are_worth_a_retry)
{
    static const int worth[] = {0, 408, 429, 500, 502, 503, 504};
    static const int not_worth[] = {200, 201, 206, 304, 400, 401, 403, 404, 409, 412, 501, 505};
    for (size_t i = 0; i < ARRAY_LEN(worth); i++)
        CHECK(retry_worth(worth[i]));
    for (size_t i = 0; i < ARRAY_LEN(not_worth); i++)
        CHECK(!retry_worth(not_worth[i]));
    struct retry_try refused = failed(0, 403);
    CHECK(retry_delay_ms(&refused) == RETRY_STOP);
}

TEST(pause_doubles_up_to_a_cap)
{
    int64_t most = RETRY_BASE_MS;
    for (unsigned attempt = 0; attempt < 40; attempt++) {
        struct retry_try last = failed(attempt, 503);
        for (uint32_t random = 0; random < 4000; random += 7) {
            last.random = random;
            int64_t delay = retry_delay_ms(&last);
            CHECK(delay >= most / 2 && delay <= most);
        }
        most = MIN(most * 2, (int64_t)RETRY_CAP_MS);
    }
}

TEST(pause_is_random)
{
    struct retry_try one = failed(4, 0), other = failed(4, 0);
    one.random = 1;
    other.random = 1000;
    CHECK(retry_delay_ms(&one) != retry_delay_ms(&other));
}

TEST(pause_asked_for_by_the_server_is_kept_and_spread)
{
    struct retry_try last = failed(0, 503);
    last.retry_after_ms = 8000;
    for (uint32_t random = 0; random < 20000; random += 7) {
        last.random = random;
        CHECK(retry_delay_ms(&last) >= 8000 && retry_delay_ms(&last) <= 10000);
    }
    last.random = 0;
    int64_t shortest = retry_delay_ms(&last);
    last.random = 2000;
    CHECK(retry_delay_ms(&last) - shortest == 2000);
    last.retry_after_ms = 0; /* none: never a busy loop */
    CHECK(retry_delay_ms(&last) >= RETRY_BASE_MS / 2);
}

TEST(nothing_starts_after_the_deadline)
{
    struct retry_try last = failed(0, 503);
    last.left_ms = 1;
    CHECK(retry_delay_ms(&last) == RETRY_STOP);
    last.left_ms = -5;
    CHECK(retry_delay_ms(&last) == RETRY_STOP);
    last.left_ms = 5000;
    last.retry_after_ms = 5000;
    CHECK(retry_delay_ms(&last) == RETRY_STOP);
    last.random = 0;
    last.retry_after_ms = 4999;
    CHECK(retry_delay_ms(&last) == 4999);
    last.retry_after_ms = RETRY_AFTER_MAX_MS;
    CHECK(retry_delay_ms(&last) == RETRY_STOP);
}

#define NOON INT64_C(1794312000) /* Tue, 10 Nov 2026 12:00:00 GMT */

TEST(retry_after_is_seconds_or_a_date)
{
    static const struct {
        const char *value;
        int64_t ms;
    } table[] = {
        {"0", 0},
        {"1", 1000},
        {"120", 120000},
        {"0000000000000000000000000000007", 7000},
        {"Tue, 10 Nov 2026 12:00:30 GMT", 30000},
        {"Tue, 10 Nov 2026 12:00:00 GMT", 0},
        {"Tue, 10 Nov 2026 11:59:59 GMT", 0},
        {"Wed, 11 Nov 2026 11:59:59 GMT", RETRY_AFTER_MAX_MS - 1000},
        {"Sun, 06 Nov 1994 08:49:37 GMT", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        CHECK(retry_after_ms(table[i].value, NOON) == table[i].ms);
}

TEST(absurd_retry_after_is_a_day_or_nothing)
{
    static const char *const long_ones[] = {"86400", "86401", "99999999999999999999999999999999999999",
                                            "Fri, 31 Dec 9999 23:59:59 GMT"};
    static const char *const none[] = {"",
                                       " ",
                                       "-1",
                                       "+5",
                                       "1.5",
                                       "0x10",
                                       "1 2",
                                       "soon",
                                       "5s",
                                       "10 Nov 2026",
                                       "Tue, 10 Nov 2026 12:00:30 UTC",
                                       "Tue, 10 Foo 2026 12:00:30 GMT",
                                       "Tue, 10 anF 2027 12:00:30 GMT",
                                       "Tue, 10 Nov 2026 12:00:30 GMT, 5",
                                       "Tuesday, 10-Nov-26 12:00:30 GMT",
                                       "Tue, 10 Nov 2026 12:00 GMT"};
    for (size_t i = 0; i < ARRAY_LEN(long_ones); i++)
        CHECK(retry_after_ms(long_ones[i], NOON) == RETRY_AFTER_MAX_MS);
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        CHECK(retry_after_ms(none[i], NOON) == 0);
}

TEST_MAIN(CASE(faults_that_may_pass_are_worth_a_retry), CASE(pause_doubles_up_to_a_cap), CASE(pause_is_random),
          CASE(pause_asked_for_by_the_server_is_kept_and_spread), CASE(nothing_starts_after_the_deadline),
          CASE(retry_after_is_seconds_or_a_date), CASE(absurd_retry_after_is_a_day_or_nothing))
