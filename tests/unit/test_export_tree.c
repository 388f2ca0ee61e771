/* SPDX-License-Identifier: MIT */
#include "export/tree.h"

#include <errno.h>

#include "test.h"

#include "some_spans.h"

#define auto_tree __attribute__((cleanup(tree_release))) struct tree

/* Take spans in and link them. */
static int plant(struct tree *tree, const struct span *spans, size_t len)
{
    int err = tree_init(tree, TREE_NODES_MAX);
    for (size_t i = 0; !err && i < len; i++)
        err = tree_add(tree, &spans[i]);
    return err ? err : tree_link(tree);
}

TEST(children_hang_below_their_parents_by_start)
{
    auto_tree tree;
    const struct span spans[] = {some_process("late", "top", 60, 10), some_process("early", "top", 10, 10),
                                 some_process("top", "run", 0, 100), some_process("inner", "early", 12, 5)};
    CHECK(!plant(&tree, spans, ARRAY_LEN(spans)));
    const struct tree_node *root = &tree.nodes[TREE_ROOT];
    CHECK_STR(some_child(&tree, root, 0), "top");
    CHECK_STR(some_child(&tree, root, 1), "");
    CHECK_STR(some_child(&tree, some_node(&tree, "top"), 0), "early");
    CHECK_STR(some_child(&tree, some_node(&tree, "top"), 1), "late");
    CHECK_STR(some_child(&tree, some_node(&tree, "early"), 0), "inner");
    CHECK(some_node(&tree, "top")->count == 4 && root->count == 4 && tree.lost == 0);
}

TEST(orphans_hang_below_the_run)
{
    auto_tree tree;
    const struct span spans[] = {some_process("a", "nobody", 0, 10), some_process("b", NULL, 5, 10)};
    CHECK(!plant(&tree, spans, ARRAY_LEN(spans)));
    CHECK_STR(some_child(&tree, &tree.nodes[TREE_ROOT], 0), "a");
    CHECK_STR(some_child(&tree, &tree.nodes[TREE_ROOT], 1), "b");
}

TEST(circles_are_lost_and_counted)
{
    auto_tree tree;
    const struct span spans[] = {some_process("a", "b", 0, 10), some_process("b", "a", 0, 10),
                                 some_process("self", "self", 0, 10), some_process("good", "run", 0, 10)};
    CHECK(!plant(&tree, spans, ARRAY_LEN(spans)));
    CHECK(tree.lost == 3 && tree.nodes[TREE_ROOT].count == 1);
}

TEST(cpu_is_added_up_with_all_descendants)
{
    auto_tree tree;
    struct span spans[] = {some_process("top", "run", 0, 100), some_process("a", "top", 10, 20),
                           some_process("b", "a", 12, 5), some_process("unknown", "a", 13, 5)};
    for (int i = 0; i < 3; i++) {
        spans[i].user_us = 10 * (i + 1);
        spans[i].sys_us = i == 2 ? SPAN_NONE : 1;
    }
    CHECK(!plant(&tree, spans, ARRAY_LEN(spans)));
    CHECK(some_node(&tree, "top")->total_us == 62 && some_node(&tree, "top")->cpu_us == 11);
    CHECK(some_node(&tree, "unknown")->total_us == 0);
}

TEST(tasks_group_their_processes_below_the_starter)
{
    auto_tree tree;
    struct span spans[] = {
        some_task("t1", "build", 10, 50),       some_task("t2", "link", 40, 15),
        some_task("t3", "empty", 70, 5),        some_process("script", "run", 0, 100),
        some_process("before", "script", 1, 5), some_process("make", "script", 11, 25),
        some_process("cc", "make", 12, 20),     some_process("ld", "script", 41, 10),
        some_process("after", "script", 80, 5),
    };
    spans[1].parent_id = "t1";
    spans[5].task = spans[6].task = "build";
    spans[7].task = "link";
    CHECK(!plant(&tree, spans, ARRAY_LEN(spans)));
    const struct tree_node *script = some_node(&tree, "script"), *build = some_node(&tree, "build");
    CHECK_STR(some_child(&tree, script, 0), "before");
    CHECK_STR(some_child(&tree, script, 1), "build");
    CHECK_STR(some_child(&tree, script, 2), "after");
    CHECK_STR(some_child(&tree, build, 0), "make");
    CHECK_STR(some_child(&tree, build, 1), "link");
    CHECK_STR(some_child(&tree, some_node(&tree, "make"), 0), "cc");
    CHECK_STR(some_child(&tree, some_node(&tree, "link"), 0), "ld");
    CHECK_STR(some_child(&tree, &tree.nodes[TREE_ROOT], 1), "empty");
    CHECK(build->count == 3 && script->count == 6);
}

TEST(of_tasks_with_one_name_the_open_one_is_meant)
{
    auto_tree tree;
    struct span spans[] = {
        some_task("t1", "step", 0, 30),        some_task("t2", "step", 40, 30),   some_task("t3", "step", 41, 2),
        some_process("script", "run", 0, 100), some_process("a", "script", 5, 5), some_process("b", "script", 50, 5),
    };
    spans[4].task = spans[5].task = "step";
    CHECK(!plant(&tree, spans, ARRAY_LEN(spans)));
    const struct tree_node *a = some_node(&tree, "a"), *b = some_node(&tree, "b");
    CHECK_STR(tree_text(&tree, tree.nodes[a->parent].id), "t1");
    CHECK_STR(tree_text(&tree, tree.nodes[b->parent].id), "t2");
}

TEST(a_heading_stands_once_below_the_first_starter)
{
    auto_tree tree;
    struct span spans[] = {
        some_task("t1", "both", 10, 80),    some_process("script", "run", 0, 100), some_process("x", "script", 1, 90),
        some_process("y", "script", 2, 90), some_process("in x", "x", 20, 5),      some_process("in y", "y", 30, 5),
    };
    spans[4].task = spans[5].task = "both";
    CHECK(!plant(&tree, spans, ARRAY_LEN(spans)));
    CHECK_STR(some_child(&tree, some_node(&tree, "x"), 0), "both");
    CHECK_STR(some_child(&tree, some_node(&tree, "both"), 0), "in x");
    CHECK_STR(some_child(&tree, some_node(&tree, "y"), 0), "in y");
}

TEST(failures_matter_when_they_went_on)
{
    auto_tree tree;
    struct span spans[] = {
        some_process("script", "run", 0, 100),  some_process("tolerant", "script", 0, 50),
        some_process("grep", "tolerant", 1, 1), some_process("make", "script", 60, 20),
        some_process("cc", "make", 61, 5),      some_process("segv", "tolerant", 3, 1),
        some_process("pipe", "tolerant", 4, 1),
    };
    spans[0].exit_code = spans[3].exit_code = 2;
    spans[2].exit_code = spans[4].exit_code = 1;
    spans[5].exit_code = spans[6].exit_code = SPAN_NONE;
    spans[5].signal = 11;
    spans[6].signal = 13;
    CHECK(!plant(&tree, spans, ARRAY_LEN(spans)));
    CHECK(some_node(&tree, "script")->matters && some_node(&tree, "make")->matters && some_node(&tree, "cc")->matters);
    CHECK(!some_node(&tree, "grep")->matters && !some_node(&tree, "pipe")->matters);
    CHECK(!some_node(&tree, "segv")->matters && !some_node(&tree, "tolerant")->matters);
    CHECK(tree.nodes[TREE_ROOT].failed == 6);
}

TEST(commands_read_as_typed)
{
    auto_tree tree;
    const char *args[] = {"/bin/sh", "-c", "make all", "", "it's", "plain"};
    struct span span = some_process("id", "run", 0, 1);
    span.name = "sh";
    span.args = args;
    span.argc = ARRAY_LEN(args);
    span.args_cut = true;
    CHECK(!plant(&tree, &span, 1));
    CHECK_STR(tree_text(&tree, tree.nodes[1].label), "sh -c 'make all' '' \"it's\" plain...");
    CHECK(tree.nodes[1].name_len == 2);
}

TEST(long_commands_are_cut)
{
    auto_tree tree;
    static char word[5000];
    const char *args[] = {"x", word, word};
    struct span span = some_process("x", "run", 0, 1);
    memset(word, 'w', sizeof word - 1);
    span.args = args;
    span.argc = 3;
    CHECK(!plant(&tree, &span, 1));
    CHECK(strlen(tree_text(&tree, tree.nodes[1].label)) < 500);
    tree_release(&tree);
    span.name = word;
    CHECK(!plant(&tree, &span, 1));
    CHECK(tree.nodes[1].name_len <= strlen(tree_text(&tree, tree.nodes[1].label)));
}

TEST(beyond_the_bound_the_shortest_are_folded_and_counted)
{
    auto_tree tree;
    char ids[1000][8];
    CHECK(!tree_init(&tree, 100));
    struct span top = some_process("top", "run", 0, 10000);
    CHECK(!tree_add(&tree, &top));
    for (int i = 0; i < 1000; i++) {
        snprintf(ids[i], sizeof ids[i], "p%d", i);
        struct span span = some_process(ids[i], "top", i, i % 50 == 7 ? 500 + i : 1);
        span.user_us = 1000;
        span.exit_code = i == 3;
        CHECK(!tree_add(&tree, &span));
        CHECK(tree.len <= 101);
    }
    CHECK(!tree_link(&tree));
    const struct tree_node *node = some_node(&tree, "top");
    CHECK(node->count == 1001 && node->total_us == 1000 * 1000 && node->failed == 1);
    CHECK(tree.folded_nodes + tree.len - 1 == 1001 && tree.folded_nodes >= 900);
    /* none of the twenty long ones is gone */
    for (int i = 7; i < 1000; i += 50)
        CHECK(some_node(&tree, ids[i]) != &tree.nodes[TREE_ROOT]);
    CHECK(tree.lost == 0);
}

TEST(chains_fold_from_their_ends)
{
    auto_tree tree;
    char ids[500][8];
    CHECK(!tree_init(&tree, 60));
    for (int i = 0; i < 500; i++) {
        snprintf(ids[i], sizeof ids[i], "p%d", i);
        struct span span = some_process(ids[i], i ? ids[i - 1] : "run", i, 1000 - i);
        CHECK(!tree_add(&tree, &span));
    }
    CHECK(!tree_link(&tree));
    CHECK(tree.nodes[TREE_ROOT].count == 500);
    CHECK(some_node(&tree, "p0") != &tree.nodes[TREE_ROOT]);
}

TEST(endless_circles_are_refused)
{
    auto_tree tree;
    char ids[40][8];
    int err = tree_init(&tree, 20);
    for (int i = 0; !err && i < 40; i++) {
        snprintf(ids[i], sizeof ids[i], "p%d", i);
        struct span span = some_process(ids[i], ids[i], i, 5);
        err = tree_add(&tree, &span);
    }
    CHECK(err == -EBADMSG);
}

TEST(forged_figures_do_not_overflow)
{
    auto_tree tree;
    struct span spans[] = {some_process("a", "run", 0, 0), some_process("b", "a", 0, 0), some_process("c", "a", 0, 0)};
    for (int i = 0; i < 3; i++) {
        spans[i].start_ns = i ? INT64_MAX : INT64_MIN + 1;
        spans[i].dur_ns = spans[i].user_us = spans[i].sys_us = INT64_MAX;
    }
    CHECK(!plant(&tree, spans, 3));
    CHECK(tree.nodes[TREE_ROOT].total_us == INT64_MAX && tree.nodes[TREE_ROOT].count == 3);
}

TEST_MAIN(CASE(children_hang_below_their_parents_by_start), CASE(orphans_hang_below_the_run),
          CASE(circles_are_lost_and_counted), CASE(cpu_is_added_up_with_all_descendants),
          CASE(tasks_group_their_processes_below_the_starter), CASE(of_tasks_with_one_name_the_open_one_is_meant),
          CASE(a_heading_stands_once_below_the_first_starter), CASE(failures_matter_when_they_went_on),
          CASE(commands_read_as_typed), CASE(long_commands_are_cut),
          CASE(beyond_the_bound_the_shortest_are_folded_and_counted), CASE(chains_fold_from_their_ends),
          CASE(endless_circles_are_refused), CASE(forged_figures_do_not_overflow))
