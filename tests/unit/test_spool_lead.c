/* SPDX-License-Identifier: MIT */
#include "spool/lead.h"

#include <errno.h>
#include <string.h>

#include "test.h"

#define KEPT "; the run is kept in '/r', 'dtrack flush' sends it"
#define PLACE "this run is not recorded: "

static const char *words(enum lead_problem problem, const char *about)
{
    static char line[TRUST_PATH_MAX + SPOOL_PATH_MAX];
    struct text t = text_into(line, sizeof line);
    lead_words(&t, problem, about, "/r");
    return t.cut ? "(cut)" : line;
}

TEST(each_problem_has_its_words)
{
    CHECK_STR(words(LEAD_PLACE_OPEN, "/x"), PLACE "others may write to '/x'");
    CHECK_STR(words(LEAD_PLACE_FULL, "/x"), PLACE "no room in '/x'");
    CHECK_STR(words(LEAD_PLACE_READ_ONLY, "/x"), PLACE "read-only: '/x'");
    CHECK_STR(words(LEAD_PLACE_USELESS, "/x"), PLACE "cannot use '/x'");
    CHECK_STR(words(LEAD_BAD_LIMIT, "?"), "DTRACK_WAIT is no number of seconds: it is taken for 10");
    CHECK_STR(words(LEAD_STORED_BUT, "so"), "so");
    CHECK_STR(words(LEAD_NOT_STORED, "so"), "so" KEPT);
    CHECK_STR(words(LEAD_LATE, "?"), "the run is not stored yet and is left to the background" KEPT);
    CHECK_STR(words(LEAD_GUARDIAN_KILLED, "?"), "the run is not stored, for what was to do it has been killed" KEPT);
    CHECK_STR(words(LEAD_NO_PROGRAM, "?"), "cannot start the program 'dtrack'" KEPT);
    CHECK_STR(words(LEAD_PROGRAM_OPEN, "?"),
              "cannot start the program 'dtrack': others may write to a folder that it or libdtrack.so is in" KEPT);
}

TEST(what_the_job_has_written_steers_no_terminal)
{
    CHECK_STR(words(LEAD_STORED_BUT, "a\33[1m\tb\x7f"), "a?[1m?b?");
    CHECK_STR(words(LEAD_STORED_BUT, "\xc2\x9b\xd8\x9c\xe2\x80\xae\xe2\x81\xa6."), "??????????.");
    CHECK_STR(words(LEAD_STORED_BUT, "\xe2\x80\xa6 \xc3\xa9 \xe2\x82\xac \xe2\x80\x94"),
              "\xe2\x80\xa6 \xc3\xa9 \xe2\x82\xac \xe2\x80\x94");
    CHECK_STR(words(LEAD_STORED_BUT, "\xe2\x80"), "\xe2\x80");
}

TEST(what_has_no_end_is_read_up_to_a_limit)
{
    static char endless[2 * TRUST_PATH_MAX];
    memset(endless, 'x', sizeof endless);
    CHECK(strlen(words(LEAD_STORED_BUT, endless)) == TRUST_PATH_MAX - 1);
}

TEST(what_stands_in_the_way_is_told_by_the_error)
{
    CHECK(lead_place_problem(-EPERM) == LEAD_PLACE_OPEN && lead_place_problem(-EROFS) == LEAD_PLACE_READ_ONLY);
    CHECK(lead_place_problem(-ENOSPC) == LEAD_PLACE_FULL && lead_place_problem(-EDQUOT) == LEAD_PLACE_FULL);
    CHECK(lead_place_problem(-EACCES) == LEAD_PLACE_USELESS && lead_place_problem(-ENOENT) == LEAD_PLACE_USELESS);
}

TEST_MAIN(CASE(each_problem_has_its_words), CASE(what_the_job_has_written_steers_no_terminal),
          CASE(what_has_no_end_is_read_up_to_a_limit), CASE(what_stands_in_the_way_is_told_by_the_error))
