/* SPDX-License-Identifier: MIT */
#include "store/net/azure.h"

#include "sys/clock.h"
#include "test.h"

TEST(a_call_alone_has_its_own_deadline)
{
    const struct azure az = {.deadline_ms = 60000};
    auto_buf why = BUF_EMPTY;
    struct azure_op op;
    int64_t now = clock_now_ms();
    azure_begin(&op, &az, "x", &why);
    CHECK(op.deadline >= now + 60000);
}

TEST(calls_with_one_deadline_together_end_together)
{
    int64_t until = clock_now_ms() + 100;
    const int64_t first = until;
    const struct azure az = {.deadline_ms = 60000, .until_ms = &until};
    auto_buf why = BUF_EMPTY;
    struct azure_op op;
    azure_begin(&op, &az, "x", &why);
    CHECK(op.deadline == first);
    azure_grant(&op, 256000); /* a body takes a second on a slow line: nobody else loses it */
    CHECK(op.deadline == first + 1000 && until == first + 1000);
    azure_begin(&op, &az, "y", &why);
    CHECK(op.deadline == first + 1000);
}

TEST_MAIN(CASE(a_call_alone_has_its_own_deadline), CASE(calls_with_one_deadline_together_end_together))
