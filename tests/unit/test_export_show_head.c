/* SPDX-License-Identifier: MIT */
#include "export/show_run.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "test.h"

#include "some_spans.h"

#define auto_summary __attribute__((cleanup(summary_release))) struct summary

static const struct show_options plain = {.width = 100};

static void sum_up(struct summary *s)
{
    summary_init(s);
    strcpy(s->run_id, "20261123T083622.000Z-0a1b2c3d");
    s->name = strdup("nightly");
    s->start_ns = SOME_START_NS;
    s->dur_ns = 10000 * SOME_MS;
    s->end_by = SPAN_END_SELF;
    s->exit_code = 0;
    s->processes = 3;
    s->user_us = 12000000;
    s->sys_us = 3000000;
    s->coverage.by_end[SPAN_END_SELF] = 3;
}

TEST(the_head_says_what_the_summary_knows)
{
    auto_summary s;
    auto_buf b = BUF_EMPTY;
    sum_up(&s);
    s.exit_code = 2;
    s.failed = 1;
    s.maxrss_kb = 90000;
    CHECK(!summary_set_command(&s, (const char *[]){"bash", "build.sh"}, 2));
    CHECK(!summary_add_fact(&s.host, &s.host_len, "cpus", "4"));
    CHECK(!summary_add_fact(&s.host, &s.host_len, "hostname", "agent-7"));
    CHECK(!summary_add_fact(&s.ci, &s.ci_len, "provider", "azure-pipelines"));
    CHECK(!summary_add_fact(&s.ci, &s.ci_len, "build", "812"));
    CHECK(!summary_add_fact(&s.ci, &s.ci_len, "branch", "main"));
    CHECK(!summary_add_fact(&s.ci, &s.ci_len, "commit", "3f2c1d90aabbcc"));
    show_head(&b, &s, &plain);
    CHECK_STR(buf_text(&b),
              "nightly  ! exit 2 after 10.0 s                        3 processes | 15.0 s CPU | 1.5 of 4 cores busy\n"
              "2026-11-23 08:36:22 UTC | agent-7 | main @ 3f2c1d90aa | azure-pipelines 812\n"
              "20261123T083622.000Z-0a1b2c3d\n"
              "bash build.sh\n");
    buf_clear(&b);
    show_head(&b, &s, &(struct show_options){.width = 60, .all = true});
    CHECK_STR(buf_text(&b), "nightly  ! exit 2 after 10.0 s\n"
                            "3 processes | 15.0 s CPU | 1.5 of 4 cores busy\n"
                            "2026-11-23 08:36:22 UTC | agent-7 | main @ 3f2c1d90aa\n"
                            "azure-pipelines 812 | 20261123T083622.000Z-0a1b2c3d\n"
                            "bash build.sh\n"
                            "largest process 88 MB | provider azure-pipelines | build 812\n"
                            "branch main | commit 3f2c1d90aabbcc\n");
}

TEST(a_bare_summary_makes_a_short_head)
{
    auto_summary s;
    auto_buf b = BUF_EMPTY;
    sum_up(&s);
    s.exit_code = s.dur_ns = s.user_us = SPAN_NONE;
    s.end_by = SPAN_END_INFERRED;
    show_head(&b, &s, &plain);
    CHECK_STR(buf_text(&b),
              "nightly  end not seen                                                                    3 processes\n"
              "2026-11-23 08:36:22 UTC | 20261123T083622.000Z-0a1b2c3d\n");
}

TEST(a_run_that_goes_on_has_taken_so_long_already)
{
    auto_summary s;
    auto_buf b = BUF_EMPTY;
    sum_up(&s);
    s.exit_code = s.dur_ns = s.user_us = SPAN_NONE;
    s.end_by = SPAN_END_RUNNING;
    show_head(&b, &s, &(struct show_options){.width = 60, .now_ns = s.start_ns + 5 * 1000 * SOME_MS});
    CHECK(!strncmp(buf_text(&b), "nightly  still running after 5.00 s ", 36));
}

TEST_MAIN(CASE(the_head_says_what_the_summary_knows), CASE(a_bare_summary_makes_a_short_head),
          CASE(a_run_that_goes_on_has_taken_so_long_already))
