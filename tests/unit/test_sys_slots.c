/* SPDX-License-Identifier: MIT */
#include "sys/slots.h"

#include <sys/resource.h>

#include "test.h"

static void set_limit(rlim_t most)
{
    struct rlimit limit = {.rlim_cur = most};
    struct rlimit old;
    CHECK(!getrlimit(RLIMIT_NPROC, &old));
    limit.rlim_max = old.rlim_max;
    CHECK(!setrlimit(RLIMIT_NPROC, &limit));
}

TEST(a_small_limit_counts_for_all_but_root)
{
    struct rlimit old;
    CHECK(!getrlimit(RLIMIT_NPROC, &old));
    int root = slots_are_few(0); /* what its control groups say */
    set_limit(SLOTS_FEW);
    CHECK(slots_are_few(1000) && slots_are_few(0) == root);
    if (old.rlim_max > SLOTS_FEW) {
        set_limit(SLOTS_FEW + 1);
        CHECK(slots_are_few(1000) == root);
    }
    CHECK(!setrlimit(RLIMIT_NPROC, &old));
}

TEST_MAIN(CASE(a_small_limit_counts_for_all_but_root))
