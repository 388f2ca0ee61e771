/* SPDX-License-Identifier: MIT */
#include "spool/usage.h"

#include "test.h"

TEST(times_are_in_microseconds)
{
    CHECK(usage_us(&(struct timeval){.tv_sec = 3, .tv_usec = 999999}) == 3999999);
    CHECK(usage_us(&(struct timeval){.tv_sec = 4000000, .tv_usec = 1}) == 4000000000001);
}

TEST(each_counter_has_its_place)
{
    const struct rusage usage = {.ru_utime = {1, 2},
                                 .ru_stime = {3, 4},
                                 .ru_maxrss = 5,
                                 .ru_minflt = 6,
                                 .ru_majflt = 7,
                                 .ru_inblock = 8,
                                 .ru_oublock = 9,
                                 .ru_nvcsw = 10,
                                 .ru_nivcsw = 11};
    struct spool_reap reap = {.end_ns = 77, .status = wait_status_of(256)};
    usage_reaped(&reap, &usage);
    CHECK(reap.user_us == 1000002 && reap.sys_us == 3000004);
    CHECK(reap.maxrss_kb == 5 && reap.minflt == 6 && reap.majflt == 7);
    CHECK(reap.inblock == 8 && reap.oublock == 9 && reap.nvcsw == 10 && reap.nivcsw == 11);
    CHECK(reap.end_ns == 77 && reap.status.bits == 256);
}

TEST(a_job_of_a_million_processes_has_more_page_faults_than_fit)
{
    const struct rusage usage = {
        .ru_minflt = 5000000000, .ru_nvcsw = 4294967295, .ru_nivcsw = 4294967296, .ru_maxrss = -1};
    struct spool_reap reap;
    usage_reaped(&reap, &usage);
    CHECK(reap.minflt == UINT32_MAX && reap.nvcsw == UINT32_MAX && reap.nivcsw == UINT32_MAX && reap.maxrss_kb == 0);
}

TEST_MAIN(CASE(times_are_in_microseconds), CASE(each_counter_has_its_place),
          CASE(a_job_of_a_million_processes_has_more_page_faults_than_fit))
