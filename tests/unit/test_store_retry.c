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

TEST(pause_asked_for_by_the_server_is_kept)
{
    struct retry_try last = failed(0, 503);
    last.retry_after_ms = 7000;
    CHECK(retry_delay_ms(&last) == 7000);
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
    last.retry_after_ms = 4999;
    CHECK(retry_delay_ms(&last) == 4999);
}

TEST_MAIN(CASE(faults_that_may_pass_are_worth_a_retry), CASE(pause_doubles_up_to_a_cap),
          CASE(pause_is_random), CASE(pause_asked_for_by_the_server_is_kept),
          CASE(nothing_starts_after_the_deadline))
