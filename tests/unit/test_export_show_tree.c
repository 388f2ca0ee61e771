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

/* A page about these spans, without its head. */
static int tree_of(const struct span *spans, size_t len, const struct show_options *options, struct buf *out)
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
        err = show_tree(out, &s, &tree, options);
    tree_release(&tree);
    return err;
}

TEST(the_tree_is_exactly_this_text)
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
    CHECK(!tree_of(spans, ARRAY_LEN(spans), &plain, &b));
    CHECK_STR(buf_text(&b), "\n"
                            "    wall      CPU\n"
                            "  10.0 s   4.00 s  ============  ! exit 3  script  +1\n"
                            "  5.00 s   4.00 s  .======.....  |- # build\n"
                            "  4.90 s   4.00 s  .======.....  |  `- make\n"
                            "  4.00 s   4.00 s  .=====......  |     `- cc\n"
                            "  500 ms     0 ms  ........=...  `- ! exit 3  test\n"
                            "\n"
                            "Coverage  all ends seen | none missed\n");
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
    CHECK(!tree_of(spans, 61, &plain, &b));
    CHECK(has(&b, "  3.78 s     0 ms                |- cc x 27 | p95 140 ms\n"));
    CHECK(has(&b, "  2.80 s     0 ms                `- ar x 20 | p95 140 ms  +1\n"));
    CHECK(!tree_of(spans, 61, &(struct show_options){.width = 100, .all = true}, &all));
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
    CHECK(!tree_of(spans, 31, &plain, &b));
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
    CHECK(!tree_of(spans, 102, &plain, &b));
    CHECK(has(&b, "  sh\n") && has(&b, "`- make\n") && has(&b, "`- cc x 100 | p95 80 ms\n"));
}

TEST(small_processes_are_counted_on_their_parents_line)
{
    auto_buf b = BUF_EMPTY;
    const struct span spans[] = {some_process("a", "run", 0, 10000), some_process("x", "a", 0, 5),
                                 some_process("y", "x", 0, 4)};
    CHECK(!tree_of(spans, 3, &plain, &b));
    CHECK(has(&b, "  a  +2\n") && !has(&b, " x\n"));
}

TEST(a_small_failure_that_matters_is_shown)
{
    auto_buf b = BUF_EMPTY;
    struct span spans[] = {some_process("a", "run", 0, 10000), some_process("x", "a", 0, 5),
                           some_process("y", "a", 0, 5)};
    spans[0].exit_code = spans[1].exit_code = 1;
    CHECK(!tree_of(spans, 3, &plain, &b));
    CHECK(has(&b, "`- ! exit 1  x\n") && !has(&b, " y\n"));
}

TEST(a_chain_of_waiting_processes_is_one_line)
{
    auto_buf b = BUF_EMPTY, all = BUF_EMPTY;
    struct span spans[] = {some_process("make", "run", 0, 10000), some_process("sh", "make", 0, 5000),
                           some_process("gcc", "sh", 0, 4990), some_process("cc1", "gcc", 0, 4980),
                           some_process("as", "gcc", 4980, 2)};
    CHECK(!tree_of(spans, 5, &plain, &b));
    CHECK(has(&b, "`- sh > gcc > cc1  +1\n"));
    CHECK(!tree_of(spans, 5, &(struct show_options){.width = 100, .all = true}, &all));
    CHECK(has(&all, "`- sh\n") && has(&all, "`- gcc\n") && has(&all, "|- cc1\n"));
    buf_clear(&b);
    spans[3].exit_code = spans[2].exit_code = spans[1].exit_code = 1;
    CHECK(!tree_of(spans, 5, &plain, &b));
    CHECK(has(&b, "! exit 1  cc1"));
}

TEST(a_fork_of_a_shell_is_a_subshell)
{
    auto_buf b = BUF_EMPTY;
    const char *args[] = {"bash", "./configure"};
    struct span spans[] = {some_process("bash", "run", 0, 10000), some_process("fork", "bash", 0, 5000)};
    spans[0].args = spans[1].args = args;
    spans[0].argc = spans[1].argc = 2;
    spans[1].name = "bash";
    spans[1].forked = true;
    CHECK(!tree_of(spans, 2, &plain, &b));
    CHECK(has(&b, "  bash ./configure\n") && has(&b, "`- bash (subshell)\n"));
}

TEST(only_one_task_can_be_asked_for)
{
    auto_buf b = BUF_EMPTY;
    struct span spans[] = {some_task("t1", "build", 1000, 5000), some_process("script", "run", 0, 10000),
                           some_process("make", "script", 1000, 4900), some_process("test", "script", 7000, 500)};
    spans[2].task = "build";
    CHECK(!tree_of(spans, 4, &(struct show_options){.width = 100, .task = "build"}, &b));
    CHECK(has(&b, "  # build\n") && has(&b, "`- make\n") && !has(&b, "script") && !has(&b, "test"));
}

TEST(helpers_of_ours_take_no_lines)
{
    auto_buf b = BUF_EMPTY, all = BUF_EMPTY;
    struct span spans[] = {some_process("sh", "run", 0, 1000), some_process("mark", "sh", 0, 50)};
    spans[1].name = "dtrack-mark";
    CHECK(!tree_of(spans, 2, &plain, &b) &&
          !tree_of(spans, 2, &(struct show_options){.width = 100, .all = true}, &all));
    CHECK(has(&b, "  sh  +1\n") && has(&all, "dtrack-mark\n"));
}

TEST(depth_limits_the_levels)
{
    auto_buf b = BUF_EMPTY;
    const struct span spans[] = {some_process("a", "run", 0, 10000), some_process("b", "a", 0, 5000),
                                 some_process("c", "b", 0, 2000)};
    CHECK(!tree_of(spans, 3, &(struct show_options){.width = 100, .depth = 2}, &b));
    CHECK(has(&b, "`- b  +1\n"));
    buf_clear(&b);
    CHECK(!tree_of(spans, 3, &(struct show_options){.width = 100, .depth = 1}, &b));
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
        CHECK(!tree_of(spans, 40, &(struct show_options){.width = width}, &b));
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
    int err = tree_of(spans, DEPTH, &(struct show_options){.width = 200, .all = true}, &b);
    free(spans);
    free(ids);
    CHECK(!err && has(&b, "+19,959\n"));
}

TEST(utf8_and_colour_are_used_when_they_are_there)
{
    auto_buf b = BUF_EMPTY;
    struct span spans[] = {some_process("a", "run", 0, 10000), some_process("b", "a", 0, 5000)};
    spans[1].exit_code = spans[0].exit_code = 1;
    CHECK(!tree_of(spans, 2, &(struct show_options){.width = 100, .utf8 = true, .colour = true}, &b));
    CHECK(has(&b, "\x1b[1;31m\xE2\x9C\x97 exit 1\x1b[0m") && has(&b, "\xE2\x94\x94\xE2\x94\x80"));
    CHECK(utf8_valid(b.data, b.len));
}

TEST_MAIN(CASE(the_tree_is_exactly_this_text), CASE(many_siblings_are_summed_up_by_name),
          CASE(the_longest_are_shown_behind_any_number_of_equals), CASE(a_chain_does_not_swallow_what_is_worth_a_line),
          CASE(small_processes_are_counted_on_their_parents_line), CASE(a_small_failure_that_matters_is_shown),
          CASE(a_chain_of_waiting_processes_is_one_line), CASE(a_fork_of_a_shell_is_a_subshell),
          CASE(only_one_task_can_be_asked_for), CASE(helpers_of_ours_take_no_lines), CASE(depth_limits_the_levels),
          CASE(no_line_is_wider_than_the_page), CASE(deep_trees_end_at_a_bound),
          CASE(utf8_and_colour_are_used_when_they_are_there))
