/* SPDX-License-Identifier: MIT */
#include "model/summary.h"

#include <stdlib.h>

#include "test.h"

TEST(an_empty_summary_has_no_status)
{
    struct summary s;
    memset(&s, 0x55, sizeof s);
    summary_init(&s);
    CHECK(s.exit_code == SPAN_NONE && s.signal == SPAN_NONE && s.maxrss_kb == SPAN_NONE);
    CHECK(!s.name && !s.command && !s.host && !s.ci_len && !s.processes && !s.run_id[0]);
}

TEST(facts_are_copied_and_found)
{
    struct summary s;
    char key[] = "os", value[] = "Debian";
    summary_init(&s);
    CHECK(!summary_add_fact(&s.host, &s.host_len, key, value));
    CHECK(!summary_add_fact(&s.host, &s.host_len, "arch", "x86_64"));
    key[0] = value[0] = '?';
    CHECK(s.host_len == 2 && s.ci_len == 0);
    CHECK_STR(summary_fact(s.host, s.host_len, "os"), "Debian");
    CHECK_STR(summary_fact(s.host, s.host_len, "arch"), "x86_64");
    CHECK(!summary_fact(s.host, s.host_len, "cpus") && !summary_fact(s.ci, s.ci_len, "os"));
    summary_release(&s);
    CHECK(!s.host && !s.host_len);
}

TEST(a_command_is_copied_and_replaced)
{
    struct summary s;
    char word[] = "make";
    summary_init(&s);
    CHECK(!summary_set_command(&s, (const char *[]){"old", "words", "here"}, 3));
    CHECK(!summary_set_command(&s, (const char *[]){word, "all"}, 2));
    word[0] = '?';
    CHECK_STR(s.command[0], "make");
    CHECK_STR(s.command[1], "all");
    CHECK(!s.command[2]);
    summary_release(&s);
    CHECK(!s.command);
}

TEST(release_frees_everything_and_may_be_repeated)
{
    struct summary s;
    summary_init(&s);
    s.name = strdup("n");
    s.cwd = strdup("/");
    s.spans_object = strdup("spans");
    CHECK(!summary_add_fact(&s.ci, &s.ci_len, "provider", "azure-pipelines"));
    summary_release(&s);
    CHECK(!s.name && !s.cwd && !s.spans_object && !s.ci);
    summary_release(&s);
}

TEST_MAIN(CASE(an_empty_summary_has_no_status), CASE(facts_are_copied_and_found),
          CASE(a_command_is_copied_and_replaced), CASE(release_frees_everything_and_may_be_repeated))
