/* SPDX-License-Identifier: MIT */
#include "export/show_run.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "test.h"

#include "some_spans.h"

#define auto_summary __attribute__((cleanup(summary_release))) struct summary

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

TEST(what_was_missed_is_said)
{
    struct tree tree;
    auto_summary s;
    auto_buf b = BUF_EMPTY;
    sum_up(&s);
    s.coverage = (struct summary_coverage){.by_end = {10, 2, 3, 4, 5},
                                           .unpreloaded = 6,
                                           .missed = 7,
                                           .bad_marks = 8,
                                           .damaged_bytes = 9,
                                           .explained_ns = 8700000000,
                                           .explained_percent = 87};
    s.cost = (struct summary_cost){31000000, 12000000, 3072};
    CHECK(!tree_init(&tree, 10) && !tree_link(&tree));
    int err = show_tree(&b, &s, &tree, &(struct show_options){.width = 300});
    tree_release(&tree);
    CHECK(!err);
    CHECK_STR(
        buf_text(&b),
        "\nCoverage  4 ends not seen | 5 still running | 6 timed from outside | 8 unreadable marks | 9 bytes damaged | "
        "7 missed | 87 % of the time explained | own cost 10333 us a process\n");
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
    int err = show_tree(&b, &s, &tree, &(struct show_options){.width = 200, .all = true});
    tree_release(&tree);
    CHECK(!err);
    CHECK_STR(buf_text(&b), "\nCoverage  3 ends self-reported | none missed | 87 % of the time explained\n"
                            "Explained 8.70 s with children of the first process running | 1.30 s without\n"
                            "Own cost  31 ms in the processes | 12 ms to finish | 10333.3 us a process | "
                            "3 kB of spool, 1024 bytes a process\n");
}

TEST_MAIN(CASE(what_was_missed_is_said), CASE(all_says_what_is_explained_and_what_it_cost_in_full))
