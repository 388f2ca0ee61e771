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

/* The body of a page about these spans. */
static int body_of(const struct span *spans, size_t len, const struct show_options *options, struct buf *out)
{
    struct tree tree;
    auto_summary s;
    sum_up(&s);
    int err = tree_init(&tree, TREE_NODES_MAX);
    for (size_t i = 0; !err && i < len; i++)
        err = tree_add(&tree, &spans[i]);
    if (!err)
        err = tree_link(&tree);
    if (!err)
        err = show_body(out, &s, &tree, options);
    tree_release(&tree);
    return err;
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
    show_head(&b, &s, &plain);
    CHECK_STR(buf_text(&b), "nightly  ! exit 2 after 10.0 s\n"
                            "run       20261123T083622.000Z-0a1b2c3d | 2026-11-23 08:36:22 UTC\n"
                            "work      3 processes, 1 failed | CPU 15.0 s (1.5 cores busy) | largest 88 MB\n"
                            "host      agent-7 | 4 CPUs\n"
                            "ci        azure-pipelines | build 812\n"
                            "command   bash build.sh\n");
}

TEST(a_bare_summary_makes_a_short_head)
{
    auto_summary s;
    auto_buf b = BUF_EMPTY;
    sum_up(&s);
    s.exit_code = s.dur_ns = s.user_us = SPAN_NONE;
    s.end_by = SPAN_END_INFERRED;
    show_head(&b, &s, &plain);
    CHECK_STR(buf_text(&b), "nightly  end not seen\n"
                            "run       20261123T083622.000Z-0a1b2c3d | 2026-11-23 08:36:22 UTC\n"
                            "work      3 processes\n");
}

TEST(the_page_is_exactly_this_text)
{
    auto_buf b = BUF_EMPTY;
    struct span spans[] = {
        some_task("t1", "build", 1000, 5000),          some_process("script", "run", 0, 10000),
        some_process("make", "script", 1000, 4900),    some_process("cc", "make", 1100, 4000),
        some_process("tiny", "script", 9000, 3),       some_process("test", "script", 7000, 500),
        some_span(SPAN_MARK, "m1", "run", "coverage"),
    };
    spans[2].task = spans[3].task = "build";
    spans[1].exit_code = spans[5].exit_code = 3;
    spans[3].user_us = 4000000;
    spans[6].value = "81.5";
    spans[6].start_ns += 9000 * SOME_MS;
    CHECK(!body_of(spans, ARRAY_LEN(spans), &plain, &b));
    CHECK_STR(buf_text(&b), "\n"
                            "    wall      CPU\n"
                            "  10.0 s   4.00 s  ============  ! exit 3  script  +1\n"
                            "  5.00 s   4.00 s  .======.....  |- # build\n"
                            "  4.90 s   4.00 s  .======.....  |  `- make\n"
                            "  4.00 s   4.00 s  .=====......  |     `- cc\n"
                            "  500 ms     0 ms  ........=...  `- ! exit 3  test\n"
                            "\n"
                            "Tasks\n"
                            "  5.00 s           build\n"
                            "\n"
                            "Slowest by themselves, without the time of their children\n"
                            "  4.59 s     0 ms  ! exit 3  script\n"
                            "  4.00 s   4.00 s  cc\n"
                            "  900 ms     0 ms  make\n"
                            "  500 ms     0 ms  ! exit 3  test\n"
                            "    3 ms     0 ms  tiny\n"
                            "\n"
                            "Marks\n"
                            "  9.00 s           coverage = 81.5\n"
                            "\n"
                            "coverage  3 ends self-reported | none missed\n");
}

static bool has(const struct buf *b, const char *text)
{
    return strstr(buf_text(b), text) != NULL;
}

TEST(many_siblings_are_summed_up_by_name)
{
    auto_buf b = BUF_EMPTY, all = BUF_EMPTY;
    struct span spans[61] = {some_process("make", "run", 0, 10000)};
    char ids[61][8];
    for (int i = 1; i < 61; i++) {
        snprintf(ids[i], sizeof ids[i], "p%d", i);
        spans[i] = some_process(ids[i], i == 60 ? "p59" : "make", i * 150, 140);
        spans[i].name = i < 40 ? "cc" : i < 60 ? "ar" : "sub";
    }
    CHECK(!body_of(spans, 61, &plain, &b));
    CHECK(has(&b, "`- ... 27 cc, 20 ar (48 processes)\n"));
    CHECK(has(&b, "  6.58 s     0 ms                `- ..."));
    CHECK(!body_of(spans, 61, &(struct show_options){.width = 100, .all = true}, &all));
    CHECK(!has(&all, "`- ...") && has(&all, "`- ar\n") && has(&all, "   `- sub\n"));
}

TEST(the_longest_are_shown_behind_any_number_of_equals)
{
    auto_buf b = BUF_EMPTY;
    struct span spans[31] = {some_process("make", "run", 0, 10000)};
    char ids[31][8];
    for (int i = 1; i < 31; i++) {
        snprintf(ids[i], sizeof ids[i], "p%d", i);
        spans[i] = some_process(ids[i], "make", i * 150, i < 25 ? 140 : 145);
    }
    CHECK(!body_of(spans, 31, &plain, &b));
    for (int i = 25; i < 31; i++) {
        char line[16];
        snprintf(line, sizeof line, "- p%d\n", i);
        CHECK(has(&b, line));
    }
    CHECK(has(&b, "- p6\n") && !has(&b, "- p7\n"));
}

TEST(a_chain_does_not_swallow_what_is_worth_a_line)
{
    auto_buf b = BUF_EMPTY;
    struct span spans[102] = {some_process("sh", "run", 0, 10000), some_process("make", "sh", 1, 9998)};
    char ids[102][8];
    for (int i = 2; i < 102; i++) {
        snprintf(ids[i], sizeof ids[i], "p%d", i);
        spans[i] = some_process(ids[i], "make", i * 90, 80);
        spans[i].name = "cc";
    }
    CHECK(!body_of(spans, 102, &plain, &b));
    CHECK(has(&b, "  sh\n") && has(&b, "`- make\n") && has(&b, "`- ... 100 cc\n"));
}

TEST(small_processes_are_counted_on_their_parents_line)
{
    auto_buf b = BUF_EMPTY;
    const struct span spans[] = {some_process("a", "run", 0, 10000), some_process("x", "a", 0, 5),
                                 some_process("y", "x", 0, 4)};
    CHECK(!body_of(spans, 3, &plain, &b));
    CHECK(has(&b, "  a  +2\n") && !has(&b, " x\n"));
}

TEST(a_small_failure_that_matters_is_shown)
{
    auto_buf b = BUF_EMPTY;
    struct span spans[] = {some_process("a", "run", 0, 10000), some_process("x", "a", 0, 5),
                           some_process("y", "a", 0, 5)};
    spans[0].exit_code = spans[1].exit_code = 1;
    CHECK(!body_of(spans, 3, &plain, &b));
    CHECK(has(&b, "`- ! exit 1  x\n") && !has(&b, " y\n"));
}

TEST(a_chain_of_waiting_processes_is_one_line)
{
    auto_buf b = BUF_EMPTY, all = BUF_EMPTY;
    struct span spans[] = {some_process("make", "run", 0, 10000), some_process("sh", "make", 0, 5000),
                           some_process("gcc", "sh", 0, 4990), some_process("cc1", "gcc", 0, 4980),
                           some_process("as", "gcc", 4980, 2)};
    CHECK(!body_of(spans, 5, &plain, &b));
    CHECK(has(&b, "`- sh > gcc > cc1  +1\n"));
    CHECK(!body_of(spans, 5, &(struct show_options){.width = 100, .all = true}, &all));
    CHECK(has(&all, "`- sh\n") && has(&all, "`- gcc\n") && has(&all, "|- cc1\n"));
    buf_clear(&b);
    spans[3].exit_code = spans[2].exit_code = spans[1].exit_code = 1;
    CHECK(!body_of(spans, 5, &plain, &b));
    CHECK(has(&b, "! exit 1  cc1"));
}

TEST(depth_limits_the_levels)
{
    auto_buf b = BUF_EMPTY;
    const struct span spans[] = {some_process("a", "run", 0, 10000), some_process("b", "a", 0, 5000),
                                 some_process("c", "b", 0, 2000)};
    CHECK(!body_of(spans, 3, &(struct show_options){.width = 100, .depth = 2}, &b));
    CHECK(has(&b, "`- b  +1\n"));
    buf_clear(&b);
    CHECK(!body_of(spans, 3, &(struct show_options){.width = 100, .depth = 1}, &b));
    CHECK(has(&b, "  a  +2\n"));
}

TEST(no_line_is_wider_than_the_page)
{
    static char word[300];
    memset(word, 'w', sizeof word - 1);
    const char *args[] = {"x", word};
    struct span spans[40];
    char ids[40][8];
    for (int i = 0; i < 40; i++) {
        snprintf(ids[i], sizeof ids[i], "p%d", i);
        spans[i] = some_process(ids[i], i ? ids[i - 1] : "run", i, 10000 - i * 200);
        spans[i].args = args;
        spans[i].argc = 2;
    }
    for (int width = 40; width <= 200; width += 10) {
        auto_buf b = BUF_EMPTY;
        /* one long chain, and a line for each */
        for (int i = 0; i < 40; i++)
            spans[i].exit_code = width % 20 ? 0 : 9;
        CHECK(!body_of(spans, 40, &(struct show_options){.width = width}, &b));
        for (char *line = strtok(b.data, "\n"); line; line = strtok(NULL, "\n"))
            if (strncmp(line, "Slowest", 7))
                CHECK((int)strlen(line) <= width);
    }
}

TEST(deep_trees_end_at_a_bound)
{
    enum { DEPTH = 20000 };
    auto_buf b = {.limit = (size_t)1 << 26};
    struct span *spans = calloc(DEPTH, sizeof *spans);
    char(*ids)[8] = calloc(DEPTH, sizeof *ids);
    for (int i = 0; i < DEPTH; i++) {
        snprintf(ids[i], sizeof ids[i], "p%d", i);
        spans[i] = some_process(ids[i], i ? ids[i - 1] : "run", 0, 10000);
    }
    int err = body_of(spans, DEPTH, &(struct show_options){.width = 200, .all = true}, &b);
    free(spans);
    free(ids);
    CHECK(!err && has(&b, "+19,959\n"));
}

TEST(tasks_of_one_name_share_a_line)
{
    auto_buf b = BUF_EMPTY;
    struct span spans[] = {some_process("a", "run", 0, 10000), some_task("t1", "step", 0, 1000),
                           some_task("t2", "other", 0, 10), some_task("t3", "step", 2000, 3000)};
    spans[3].end_by = SPAN_END_RUN;
    CHECK(!body_of(spans, 4, &plain, &b));
    CHECK(has(&b, "  4.00 s   3.00 s  2 x step  never ended: 1\n   10 ms           other\n"));
}

TEST(utf8_and_colour_are_used_when_they_are_there)
{
    auto_buf b = BUF_EMPTY;
    struct span spans[] = {some_process("a", "run", 0, 10000), some_process("b", "a", 0, 5000)};
    spans[1].exit_code = spans[0].exit_code = 1;
    CHECK(!body_of(spans, 2, &(struct show_options){.width = 100, .utf8 = true, .colour = true}, &b));
    CHECK(has(&b, "\x1b[1;31m\xE2\x9C\x97 exit 1\x1b[0m") && has(&b, "\xE2\x94\x94\xE2\x94\x80"));
    CHECK(utf8_valid(b.data, b.len));
}

TEST(what_was_missed_is_said)
{
    struct tree tree;
    auto_summary s;
    auto_buf b = BUF_EMPTY;
    sum_up(&s);
    s.coverage = (struct summary_coverage){
        .by_end = {10, 2, 3, 4, 5}, .unpreloaded = 6, .missed = 7, .bad_marks = 8, .damaged_bytes = 9,
        .explained_ns = 8700000000, .explained_percent = 87};
    s.cost = (struct summary_cost){31000000, 12000000, 3072};
    CHECK(!tree_init(&tree, 10) && !tree_link(&tree));
    int err = show_body(&b, &s, &tree, &(struct show_options){.width = 300});
    tree_release(&tree);
    CHECK(!err);
    CHECK_STR(
        buf_text(&b),
        "\ncoverage  10 ends self-reported | 2 by the parent's wait | 3 by the next exec | 4 inferred | "
        "5 still running | 6 timed from outside | 8 unreadable marks | 9 bytes damaged | 7 missed | "
        "87 % of the time in children\n"
        "own cost  31 ms in the processes | 12 ms to finish\n");
}

TEST(all_says_what_is_explained_and_what_it_cost_in_full)
{
    struct tree tree;
    auto_summary s;
    auto_buf b = BUF_EMPTY;
    sum_up(&s);
    s.coverage.explained_ns = 8700 * SOME_MS;
    s.coverage.explained_percent = 87;
    s.cost = (struct summary_cost){31000000, 12000000, 3072};
    CHECK(!tree_init(&tree, 10) && !tree_link(&tree));
    int err = show_body(&b, &s, &tree, &(struct show_options){.width = 200, .all = true});
    tree_release(&tree);
    CHECK(!err);
    CHECK_STR(buf_text(&b), "\ncoverage  3 ends self-reported | none missed | 87 % of the time in children\n"
                            "explained 8.70 s with children of the first process running | 1.30 s without\n"
                            "own cost  31 ms in the processes | 12 ms to finish | 10333.3 us a process | "
                            "3 kB of spool, 1024 bytes a process\n");
}

TEST_MAIN(CASE(the_head_says_what_the_summary_knows), CASE(a_bare_summary_makes_a_short_head),
          CASE(the_page_is_exactly_this_text), CASE(many_siblings_are_summed_up_by_name),
          CASE(the_longest_are_shown_behind_any_number_of_equals),
          CASE(a_chain_does_not_swallow_what_is_worth_a_line),
          CASE(small_processes_are_counted_on_their_parents_line),
          CASE(a_small_failure_that_matters_is_shown), CASE(a_chain_of_waiting_processes_is_one_line),
          CASE(depth_limits_the_levels), CASE(no_line_is_wider_than_the_page),
          CASE(deep_trees_end_at_a_bound), CASE(tasks_of_one_name_share_a_line),
          CASE(utf8_and_colour_are_used_when_they_are_there), CASE(what_was_missed_is_said),
          CASE(all_says_what_is_explained_and_what_it_cost_in_full))
