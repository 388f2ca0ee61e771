/* SPDX-License-Identifier: MIT */
#include "run/retention.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "some_environment.h"
#include "test.h"

#define DAY INT64_C(86400)

static char base[] = "/tmp/dtrack-retention-XXXXXX";

static const char *at(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", base, name);
    return path;
}

/* The lines that were told, one after the other. */
struct told {
    char text[1024];
    int lines;
};

static void take_line(void *ctx, const char *line)
{
    struct told *told = ctx;
    size_t len = strlen(told->text);
    snprintf(told->text + len, sizeof told->text - len, "%s\n", line);
    told->lines++;
}

TEST(limits_are_those_of_the_environment)
{
    SOME_ENVIRONMENT("DTRACK_KEEP_RUNS=3", "DTRACK_KEEP_DAYS=2");
    struct retention limits = retention_limits(some_getenv);
    CHECK(limits.runs == 3 && limits.days == 2 && limits.bad_runs == RETENTION_BAD_RUNS);
    SOME_ENVIRONMENT("DTRACK_KEEP_RUNS=no", "DTRACK_KEEP_DAYS=");
    limits = retention_limits(some_getenv);
    CHECK(limits.runs == 1000 && limits.days == 30);
}

TEST(a_run_is_too_old_from_the_second_after_its_last_day)
{
    const struct retention limits = {.days = 2};
    CHECK(!retention_is_too_old(&limits, 1000, 1000 + 2 * DAY));
    CHECK(retention_is_too_old(&limits, 1000, 1001 + 2 * DAY));
}

TEST(a_clock_that_was_set_back_makes_nothing_old)
{
    const struct retention limits = {.days = 0};
    CHECK(!retention_is_too_old(&limits, 9000, 1000));
}

TEST(what_is_given_up_is_removed_and_told_once)
{
    struct told told = {0};
    CHECK(!mkdir(at("bad-7"), 0700));
    CHECK(retention_drop(base, at("bad-7"), "too many wait"));
    CHECK(access(at("bad-7"), F_OK) && access(at("drop-7"), F_OK));
    retention_tell(base, take_line, &told);
    CHECK(told.lines == 1 && strstr(told.text, "/bad-7': too many wait"));
    retention_tell(base, take_line, &told);
    CHECK(told.lines == 1);
}

TEST(values_that_were_given_up_are_told_with_their_run)
{
    struct told told = {0};
    retention_note(at("run-8"), "8", "no JSON object");
    retention_tell(base, take_line, &told);
    CHECK(told.lines == 1 && strstr(told.text, "dropped 'values of run 8': no JSON object"));
}

TEST(an_interrupted_removal_is_finished)
{
    struct told told = {0};
    CHECK(!mkdir(at("drop-9"), 0700));
    retention_drop_again(base, at("drop-9"));
    CHECK(access(at("drop-9"), F_OK));
    retention_tell(base, take_line, &told);
    CHECK(told.lines == 1);
}

int main(void)
{
    static const struct test_case cases[] = {
        CASE(limits_are_those_of_the_environment),
        CASE(a_run_is_too_old_from_the_second_after_its_last_day),
        CASE(a_clock_that_was_set_back_makes_nothing_old),
        CASE(what_is_given_up_is_removed_and_told_once),
        CASE(values_that_were_given_up_are_told_with_their_run),
        CASE(an_interrupted_removal_is_finished),
    };
    if (!mkdtemp(base))
        return 1;
    int failed = test_run(cases, ARRAY_LEN(cases));
    rmdir(base);
    return failed;
}
