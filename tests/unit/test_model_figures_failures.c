/* SPDX-License-Identifier: MIT */
#include "model/figures_failures.h"

#include "some_figures.h"
#include "test.h"

/* The chains as text: "run > make > cc!" goes down, "|" goes back up; "!" where it began, "?" what is only likely. */
static const char *chains_text(struct figures *f)
{
    static char text[1024];
    struct figures_failures failures;
    text[0] = '\0';
    if (figures_failures(f, &failures))
        return "no memory";
    uint32_t depth = 0;
    for (size_t i = 0; i < failures.len; i++) {
        const struct figures_failure *e = &failures.list[i];
        const char *lead = !i ? "" : e->depth > depth ? " > " : " | ";
        snprintf(text + strlen(text), 100, "%s%s%s%s", lead, e->row ? figures_key(f, e->row) : "run",
                 e->sure ? "" : "?", e->began ? "!" : "");
        depth = e->depth;
    }
    snprintf(text + strlen(text), 40, "; %lld of %lld handled", (long long)failures.handled,
             (long long)failures.failed);
    figures_failures_release(&failures);
    return text;
}

static const char *chains_of(int exit_code, const struct some *list, size_t len)
{
    auto_figures f = some_figures(1000, exit_code, list, len);
    return chains_text(&f);
}

#define CHAINS(exit_code, ...)                               \
    chains_of(exit_code, (const struct some[]){__VA_ARGS__}, \
              sizeof((const struct some[]){__VA_ARGS__}) / sizeof(struct some))

TEST(a_shell_that_stops_at_a_failure_passes_it_on)
{
    CHECK_STR(CHAINS(3, {"sh", "run", 0, 1000, 3}, {"ok", "sh", 10, 20}, {"cmd", "sh", 30, 990, 3}),
              "run > sh > cmd!; 0 of 2 handled"); /* set -e, or the last command */
    CHECK_STR(CHAINS(1, {"sh", "run", 0, 1000, 1}, {"ok", "sh", 10, 20}, {"cmd", "sh", 30, 990, 1}),
              "run > sh > cmd!; 0 of 2 handled");
}

TEST(a_failure_behind_or_is_handled)
{
    CHECK_STR(CHAINS(0, {"sh", "run", 0, 1000}, {"grep", "sh", 10, 20, 1}), "; 1 of 1 handled"); /* grep || true */
    /* and what a later exit of the script's own says is not grep's */
    CHECK_STR(CHAINS(1, {"sh", "run", 0, 1000, 1}, {"grep", "sh", 10, 20, 1}, {"a", "sh", 30, 40}, {"b", "sh", 50, 60},
                     {"c", "sh", 70, 80}),
              "run > sh!; 1 of 2 handled");
}

TEST(who_cleans_up_before_he_goes_still_passes_it_on)
{
    CHECK_STR(CHAINS(1, {"sh", "run", 0, 1000, 1}, {"cmd", "sh", 30, 900, 1}, {"rm", "sh", 910, 915}),
              "run > sh > cmd?!; 0 of 2 handled"); /* trap 'rm …' EXIT */
    CHECK_STR(CHAINS(7, {"sh", "run", 0, 1000, 7}, {"cmd", "sh", 30, 900, 7}, {"a", "sh", 910, 915},
                     {"b", "sh", 916, 917}, {"c", "sh", 918, 919}),
              "run > sh > cmd?!; 0 of 2 handled"); /* a status that is not everybody's is told from afar */
}

TEST(marks_are_no_part_of_what_followed)
{
    CHECK_STR(CHAINS(1, {"sh", "run", 0, 1000, 1}, {"cmd", "sh", 30, 900, 1},
                     {"m1", "sh", 910, 915, .name = "dtrack-mark"}, {"m2", "sh", 916, 917, .name = "dtrack-mark"},
                     {"m3", "sh", 918, 919, .name = "dtrack-mark"}),
              "run > sh > cmd!; 0 of 2 handled");
}

TEST(a_status_of_the_shells_own_may_stand_for_the_last_failure)
{
    CHECK_STR(CHAINS(3, {"sh", "run", 0, 1000, 3}, {"cmd", "sh", 30, 990, 1}),
              "run > sh > cmd?!; 0 of 2 handled"); /* cmd || exit 3 */
    CHECK_STR(CHAINS(3, {"sh", "run", 0, 1000, 3}, {"cmd", "sh", 30, 90, 1}, {"next", "sh", 100, 200}),
              "run > sh!; 1 of 2 handled");
}

TEST(make_says_2_for_whatever_failed)
{
    CHECK_STR(CHAINS(2, {"make", "run", 0, 1000, 2}, {"cc", "make", 10, 500, 1}, {"ok", "make", 10, 990}),
              "run > make > cc!; 0 of 2 handled");
    /* -j: one that ran on failed as well */
    CHECK_STR(CHAINS(2, {"make", "run", 0, 1000, 2}, {"a", "make", 10, 500, 1}, {"b", "make", 10, 990, 3}),
              "run > make > a! | b!; 0 of 3 handled");
    /* what make was told to ignore (-rm …) did not stop it */
    CHECK_STR(CHAINS(2, {"make", "run", 0, 1000, 2}, {"rm", "make", 10, 20, 1}, {"cc", "make", 30, 990, 1}),
              "run > make > cc!; 1 of 3 handled");
}

TEST(make_k_fails_for_all_of_them)
{
    CHECK_STR(CHAINS(2, {"make", "run", 0, 1000, 2, .words = {"-kj2"}}, {"a", "make", 10, 20, 1},
                     {"ok", "make", 30, 40}, {"b", "make", 50, 60, 1}, {"ok", "make", 70, 80}),
              "run > make > a! | b!; 0 of 3 handled");
    /* told by MAKEFLAGS: nothing else explains it */
    CHECK_STR(CHAINS(2, {"make", "run", 0, 1000, 2}, {"a", "make", 10, 20, 1}, {"ok", "make", 30, 40}),
              "run > make > a?!; 0 of 2 handled");
    CHECK_STR(CHAINS(0, {"make", "run", 0, 1000, 0, .words = {"-k"}}, {"a", "make", 10, 20, 1}), "; 1 of 1 handled");
}

TEST(options_with_values_are_not_taken_for_k)
{
    CHECK_STR(CHAINS(2, {"make", "run", 0, 1000, 2, .words = {"-Ckit"}}, {"rm", "make", 10, 20, 1},
                     {"cc", "make", 30, 990, 1}),
              "run > make > cc!; 1 of 3 handled");
}

TEST(a_pipeline_is_its_last_command_unless_pipefail_is_set)
{
    CHECK_STR(CHAINS(0, {"sh", "run", 0, 1000}, {"gen", "sh", 10, 500, 1}, {"cat", "sh", 11, 510}), "; 1 of 1 handled");
    CHECK_STR(CHAINS(1, {"sh", "run", 0, 1000, 1}, {"gen", "sh", 10, 500}, {"grep", "sh", 11, 510, 1}),
              "run > sh > grep!; 0 of 2 handled");
    CHECK_STR(CHAINS(4, {"bash", "run", 0, 1000, 4}, {"gen", "bash", 10, 500, 4}, {"cat", "bash", 11, 510}),
              "run > bash > gen!; 0 of 2 handled"); /* set -o pipefail */
    /* of several the last one is meant, with and without */
    CHECK_STR(CHAINS(1, {"bash", "run", 0, 1000, 1}, {"gen", "bash", 10, 520, 1}, {"grep", "bash", 11, 510, 1}),
              "run > bash > grep!; 1 of 3 handled");
}

TEST(a_leaf_under_five_shells_is_found)
{
    CHECK_STR(CHAINS(9, {"sh1", "run", 0, 1000, 9, .name = "sh"}, {"sh2", "sh1", 1, 999, 9, .name = "bash"},
                     {"sh3", "sh2", 2, 998, 9, .name = "dash"}, {"sh4", "sh3", 3, 997, 9, .name = "sh"},
                     {"sh5", "sh4", 4, 996, 9, .name = "sh"}, {"leaf", "sh5", 5, 995, 9}),
              "run > sh > bash > dash > sh > sh > leaf!; 0 of 6 handled");
}

TEST(a_command_that_was_tried_again_failed_the_last_time)
{
    CHECK_STR(CHAINS(22, {"sh", "run", 0, 1000, 22}, {"curl", "sh", 10, 20, 22}, {"sleep", "sh", 20, 120},
                     {"curl", "sh", 120, 130, 22}, {"sleep", "sh", 130, 230}, {"curl3", "sh", 230, 240, 22}),
              "run > sh > curl3!; 2 of 4 handled");
    CHECK_STR(CHAINS(0, {"sh", "run", 0, 1000}, {"curl", "sh", 10, 20, 22}, {"curl", "sh", 120, 130}),
              "; 1 of 1 handled");
}

TEST(signals_are_passed_on_as_128_and_more_or_as_themselves)
{
    CHECK_STR(CHAINS(139, {"sh", "run", 0, 1000, 139}, {"cmd", "sh", 30, 990, .signal = 11}),
              "run > sh > cmd!; 0 of 2 handled");
    CHECK_STR(CHAINS(130, {"sh", "run", 0, 1000, 130}, {"py", "sh", 30, 990, .signal = 2},
                     {"sub", "py", 40, 980, .signal = 2}),
              "run > sh > py > sub!; 0 of 3 handled");
    CHECK_STR(
        CHAINS(141, {"bash", "run", 0, 1000, 141}, {"yes", "bash", 30, 990, .signal = 13}, {"head", "bash", 31, 980}),
        "run > bash > yes!; 0 of 2 handled");
}

TEST(xargs_and_timeout_have_statuses_of_their_own)
{
    CHECK_STR(CHAINS(123, {"xargs", "run", 0, 1000, 123}, {"a", "xargs", 10, 20, 1}, {"b", "xargs", 30, 40},
                     {"c", "xargs", 50, 60, 7}),
              "run > xargs > a! | c!; 0 of 3 handled");
    CHECK_STR(CHAINS(124, {"timeout", "run", 0, 1000, 124}, {"slow", "timeout", 10, 990, .signal = 15}),
              "run > timeout > slow!; 0 of 2 handled");
    CHECK_STR(CHAINS(124, {"timeout", "run", 0, 1000, 124}, {"polite", "timeout", 10, 990, 0}),
              "run > timeout > polite!; 0 of 1 handled");
    CHECK_STR(CHAINS(3, {"timeout", "run", 0, 1000, 3}, {"cmd", "timeout", 10, 990, 3}),
              "run > timeout > cmd!; 0 of 2 handled");
}

TEST(a_driver_of_its_own_mind_is_followed_by_time)
{
    /* gcc says 1 where as says 2 */
    CHECK_STR(CHAINS(1, {"gcc", "run", 0, 1000, 1}, {"cc1", "gcc", 10, 500}, {"as", "gcc", 510, 990, 2}),
              "run > gcc > as?!; 0 of 2 handled");
}

TEST(who_was_not_waited_for_explains_nothing)
{
    CHECK_STR(CHAINS(1, {"sh", "run", 0, 1000, 1}, {"daemon", "sh", 10, 990, 1, .unwaited = true}),
              "run > sh!; 1 of 2 handled");
}

TEST(a_status_is_that_of_the_last_image)
{
    CHECK_STR(CHAINS(5, {"sh", "run", 0, 1000, 5}, {"env", "sh", 10, 20, .exec = "cmd", .pid = 7},
                     {"cmd", "sh", 20, 990, 5, .pid = 7}),
              "run > sh > cmd!; 0 of 2 handled");
}

TEST(what_failed_before_an_exec_is_no_reason)
{
    CHECK_STR(CHAINS(2, {"sh", "run", 0, 900, .exec = "ls", .pid = 7}, {"ls", "run", 900, 1000, 2, .pid = 7},
                     {"try", "sh", 10, 20, 2}),
              "run > ls!; 1 of 2 handled");
}

TEST(probes_of_a_configure_are_handled)
{
    CHECK_STR(CHAINS(0, {"sh", "run", 0, 1000}, {"configure", "sh", 1, 999}, {"gcc", "configure", 10, 20, 1},
                     {"cc1", "gcc", 11, 19, 1}),
              "; 2 of 2 handled");
}

TEST(a_failed_task_has_a_chain_though_the_run_went_on)
{
    struct figures f;
    CHECK(!figures_init(&f, NULL));
    some_run_row(&f, 1000, 0);
    struct span task = some_task("t1", "deploy", 10, 490);
    task.exit_code = 4;
    CHECK(!figures_add(&f, &task, NULL));
    some_add(&f, &(struct some){"sh", "run", 0, 1000});
    some_add(&f, &(struct some){"up", "sh", 20, 400, 4, .task = "deploy"});
    some_add(&f, &(struct some){"sub", "up", 30, 390, 4, .task = "deploy"});
    CHECK(!figures_link(&f));
    CHECK_STR(chains_text(&f), "deploy > up > sub!; 0 of 2 handled");
    CHECK(f.rows[some_number(&f, "up")].flags & FIGURES_WENT_ON &&
          !(f.rows[some_number(&f, "sh")].flags & FIGURES_WENT_ON));
    figures_release(&f);
}

TEST(a_run_in_steps_fails_with_any_of_them)
{
    struct figures f;
    CHECK(!figures_init(&f, NULL));
    struct span run = some_span(SPAN_RUN, "run", NULL, "ci");
    run.dur_ns = 1000 * SOME_MS;
    CHECK(!figures_add(&f, &run, NULL));
    some_add(&f, &(struct some){"step1", "run", 0, 100});
    some_add(&f, &(struct some){"step2", "run", 100, 900, 3});
    CHECK(!figures_link(&f));
    CHECK_STR(chains_text(&f), "run > step2?!; 0 of 1 handled");
    figures_release(&f);
}

TEST_MAIN(CASE(a_shell_that_stops_at_a_failure_passes_it_on), CASE(a_failure_behind_or_is_handled),
          CASE(who_cleans_up_before_he_goes_still_passes_it_on), CASE(marks_are_no_part_of_what_followed),
          CASE(a_status_of_the_shells_own_may_stand_for_the_last_failure), CASE(make_says_2_for_whatever_failed),
          CASE(make_k_fails_for_all_of_them), CASE(options_with_values_are_not_taken_for_k),
          CASE(a_pipeline_is_its_last_command_unless_pipefail_is_set), CASE(a_leaf_under_five_shells_is_found),
          CASE(a_command_that_was_tried_again_failed_the_last_time),
          CASE(signals_are_passed_on_as_128_and_more_or_as_themselves),
          CASE(xargs_and_timeout_have_statuses_of_their_own), CASE(a_driver_of_its_own_mind_is_followed_by_time),
          CASE(who_was_not_waited_for_explains_nothing), CASE(a_status_is_that_of_the_last_image),
          CASE(what_failed_before_an_exec_is_no_reason), CASE(probes_of_a_configure_are_handled),
          CASE(a_failed_task_has_a_chain_though_the_run_went_on), CASE(a_run_in_steps_fails_with_any_of_them))
