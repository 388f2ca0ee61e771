/* SPDX-License-Identifier: MIT */
#include "run/environment.h"

#include <unistd.h>

#include "some_environment.h"
#include "test.h"

#define KIB UINT64_C(1024)

static uint64_t limit_of(const char *variable)
{
    SOME_ENVIRONMENT(variable);
    return environment_spool_limit(some_getenv);
}

TEST(an_empty_variable_is_as_good_as_none)
{
    SOME_ENVIRONMENT("DTRACK_NAME=", "DTRACK_ARGS=", "HOME=/home/me");
    CHECK(!environment_text(some_getenv, "DTRACK_NAME") && !environment_text(some_getenv, "PATH"));
    CHECK_STR(environment_text(some_getenv, "HOME"), "/home/me");
    CHECK_STR(environment_setting(some_getenv, SETTING_ARGS), "redacted");
    CHECK(!environment_setting(some_getenv, SETTING_STORE));
}

TEST(a_setting_has_its_value)
{
    SOME_ENVIRONMENT("DTRACK_ARGS=full");
    CHECK_STR(environment_setting(some_getenv, SETTING_ARGS), "full");
}

TEST(a_count_that_is_none_is_the_default)
{
    static const char *const none[] = {"DTRACK_KEEP_RUNS=many",    "DTRACK_KEEP_RUNS=-1", "DTRACK_KEEP_RUNS=7 days",
                                       "DTRACK_KEEP_RUNS=1000001", "DTRACK_KEEP_RUNS=",   "HOME=/"};
    for (size_t i = 0; i < ARRAY_LEN(none); i++) {
        SOME_ENVIRONMENT(none[i]);
        CHECK(environment_count(some_getenv, SETTING_KEEP_RUNS) == 1000);
    }
    SOME_ENVIRONMENT("DTRACK_KEEP_RUNS=0");
    CHECK(environment_count(some_getenv, SETTING_KEEP_RUNS) == 0);
}

TEST(a_limit_has_a_unit_of_1024)
{
    CHECK(limit_of("HOME=/") == KIB * KIB * KIB);
    CHECK(limit_of("DTRACK_SPOOL_LIMIT=100000") == 100000);
    CHECK(limit_of("DTRACK_SPOOL_LIMIT=100K") == 100 * KIB);
    CHECK(limit_of("DTRACK_SPOOL_LIMIT=3M") == 3 * KIB * KIB);
}

TEST(a_limit_stays_within_what_a_spool_can_have)
{
    CHECK(limit_of("DTRACK_SPOOL_LIMIT=1") == 64 * KIB);
    CHECK(limit_of("DTRACK_SPOOL_LIMIT=99999999999999999999G") == SPOOL_LIMIT_MAX);
}

TEST(a_limit_that_makes_no_sense_is_none)
{
    static const char *const none[] = {"DTRACK_SPOOL_LIMIT=0",  "DTRACK_SPOOL_LIMIT=-1",  "DTRACK_SPOOL_LIMIT=much",
                                       "DTRACK_SPOOL_LIMIT=1T", "DTRACK_SPOOL_LIMIT=1MB", "DTRACK_SPOOL_LIMIT=K"};
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        CHECK(limit_of(none[i]) == 0);
}

TEST(folders_are_those_of_the_environment_for_this_user)
{
    SOME_ENVIRONMENT("DTRACK_SPOOL=/spool", "XDG_STATE_HOME=/state", "HOME=/home/me");
    struct folder_env folders = environment_folders(some_getenv);
    CHECK_STR(folders.spool, "/spool");
    CHECK_STR(folders.state_home, "/state");
    CHECK_STR(folders.home, "/home/me");
    CHECK(folders.uid == geteuid());
}

TEST_MAIN(CASE(an_empty_variable_is_as_good_as_none), CASE(a_setting_has_its_value),
          CASE(a_count_that_is_none_is_the_default), CASE(a_limit_has_a_unit_of_1024),
          CASE(a_limit_stays_within_what_a_spool_can_have), CASE(a_limit_that_makes_no_sense_is_none),
          CASE(folders_are_those_of_the_environment_for_this_user))
