/* SPDX-License-Identifier: MIT */
#include "model/figures_path.h"

#include "some_figures.h"
#include "test.h"

/* The path as text: each row with the ms until which it is charged. */
static const char *path_text(const struct figures *f)
{
    static char text[2048];
    struct figures_path path;
    text[0] = '\0';
    if (figures_path(f, &path))
        return "no memory";
    for (size_t i = 0; i < path.len; i++)
        snprintf(text + strlen(text), 64, "%s%s -%lld", i ? ", " : "",
                 path.pieces[i].row ? figures_key(f, path.pieces[i].row) : "run",
                 (long long)(path.pieces[i].to_ns / SOME_MS));
    figures_path_release(&path);
    return text;
}

static const char *path_of(int64_t ms, const struct some *list, size_t len)
{
    auto_figures f = some_figures(ms, 0, list, len);
    return path_text(&f);
}

#define PATH(ms, ...) \
    path_of(ms, (const struct some[]){__VA_ARGS__}, sizeof((const struct some[]){__VA_ARGS__}) / sizeof(struct some))

TEST(the_path_of_a_parallel_make_is_known)
{
    auto_figures f = some_figures(100, 0, some_make, ARRAY_LEN(some_make));
    CHECK_STR(path_text(&f),
              "sh -5, make -7, gen -20, make -21, cc-b -40, as-b -68, cc-b -70, make -72, ld -94, make -95, "
              "sh -100");
    int64_t ns[16] = {0};
    CHECK(f.len <= 16 && !figures_path_by_row(&f, ns));
    const int64_t known[] = {0, 10, 6, 13, 0, 21, 28, 0, 22, 0};
    for (uint32_t i = 0; i < f.len; i++)
        CHECK(ns[i] == known[i] * SOME_MS);
}

TEST(a_child_that_ended_with_its_parent_is_on_the_path)
{
    CHECK_STR(PATH(10, {"sh", "run", 0, 10}, {"cc", "sh", 2, 10}), "sh -2, cc -10");
}

TEST(of_two_that_ended_at_once_the_later_one_is_meant)
{
    CHECK_STR(PATH(10, {"sh", "run", 0, 10}, {"a", "sh", 1, 8}, {"b", "sh", 3, 8}), "sh -3, b -8, sh -10");
}

TEST(one_that_started_when_another_ended_follows_it)
{
    CHECK_STR(PATH(10, {"sh", "run", 0, 10}, {"a", "sh", 1, 4}, {"b", "sh", 4, 9}), "sh -1, a -4, b -9, sh -10");
}

TEST(who_was_not_reaped_was_not_waited_for)
{
    CHECK_STR(PATH(10, {"sh", "run", 0, 10}, {"daemon", "sh", 1, 9, .unwaited = true}), "sh -10");
}

TEST(a_child_that_was_reaped_long_after_others_had_started_was_not_waited_for)
{
    /* `slow & quick; next; wait`: the parent started next while slow had ended, and did not care */
    CHECK_STR(PATH(100, {"py", "run", 0, 100}, {"slow", "py", 5, 30, .reaped = 95}, {"quick", "py", 6, 28},
                   {"next", "py", 32, 90}),
              "py -6, quick -28, py -32, next -90, py -100");
    /* without next it may have been */
    CHECK_STR(PATH(100, {"py", "run", 0, 100}, {"slow", "py", 5, 30, .reaped = 95}, {"quick", "py", 6, 28}),
              "py -5, slow -30, py -100");
}

TEST(a_process_is_charged_by_image)
{
    CHECK_STR(PATH(20, {"sh", "run", 0, 20}, {"env", "sh", 2, 5, .exec = "cc", .pid = 7}, {"cc", "sh", 5, 15, .pid = 7},
                   {"as", "cc", 8, 12}),
              "sh -2, env -5, cc -8, as -12, cc -15, sh -20");
    /* a child of an earlier image that a later one reaped */
    CHECK_STR(PATH(20, {"sh", "run", 0, 20}, {"env", "sh", 2, 5, .exec = "cc", .pid = 7}, {"cc", "sh", 5, 15, .pid = 7},
                   {"bg", "env", 3, 12}),
              "sh -2, env -3, bg -12, cc -15, sh -20");
}

TEST(time_in_which_nobody_was_there_is_the_runs)
{
    CHECK_STR(PATH(30, {"step1", "run", 1, 10}, {"step2", "run", 12, 29}),
              "run -1, step1 -10, run -12, step2 -29, run -30");
}

TEST(what_outlived_the_run_is_not_waited_for)
{
    CHECK_STR(PATH(10, {"sh", "run", 0, 10}, {"lost", "run", 2, 10, .runs = true}), "sh -10");
    CHECK_STR(PATH(10, {"sh", "run", 0, 10}, {"lost", "run", 2, 9, .least = true}), "sh -10");
}

TEST(a_run_that_goes_on_has_a_path_so_far)
{
    auto_figures f;
    struct figures_options now = {.until_ns = SOME_START_NS + 50 * SOME_MS};
    CHECK(!figures_init(&f, &now));
    struct span run = some_span(SPAN_RUN, "run", NULL, "run");
    run.end_by = SPAN_END_RUNNING;
    CHECK(!figures_add(&f, &run, NULL));
    some_add(&f, &(struct some){"sh", "run", 0, 0, .runs = true});
    some_add(&f, &(struct some){"a", "sh", 3, 20});
    some_add(&f, &(struct some){"b", "sh", 21, 0, .runs = true});
    CHECK(!figures_link(&f) && f.is_running && f.dur_ns == 50 * SOME_MS);
    CHECK_STR(path_text(&f), "sh -3, a -20, sh -21, b -50");
}

TEST(damaged_rows_have_a_path)
{
    /* a circle, one that is its own parent, an end before its start, a child that is older than its parent */
    CHECK_STR(PATH(10, {"a", "b", 1, 5}, {"b", "a", 2, 6}), "run -1, a -2, b -5, run -10");
    CHECK_STR(PATH(10, {"a", "a", 1, 5}, {"b", "run", 7, 6}), "run -1, a -5, run -10");
    CHECK_STR(PATH(10, {"sh", "run", 3, 8}, {"old", "sh", 1, 9}), "run -3, old -8, run -10");
}

TEST(a_run_without_rows_has_a_path)
{
    auto_figures f = some_figures(10, 0, NULL, 0), none;
    CHECK_STR(path_text(&f), "run -10");
    CHECK(!figures_init(&none, NULL) && !figures_link(&none));
    CHECK_STR(path_text(&none), "");
}

/* Each started by the one before, and waited for: no recursion stands that. */
TEST(a_deep_line_is_walked)
{
    auto_figures f;
    char id[16], parent[16] = "run";
    CHECK(!figures_init(&f, NULL));
    some_run_row(&f, 400000, 0);
    for (int i = 0; i < 200000; i++) {
        snprintf(id, sizeof id, "p%x", i + 1);
        some_add(&f, &(struct some){id, parent, i, 400000 - i, .name = "deep"});
        strcpy(parent, id);
    }
    CHECK(!figures_link(&f));
    struct figures_path path;
    CHECK(!figures_path(&f, &path) && path.len == 399999);
    figures_path_release(&path);
}

TEST_MAIN(CASE(the_path_of_a_parallel_make_is_known), CASE(a_child_that_ended_with_its_parent_is_on_the_path),
          CASE(of_two_that_ended_at_once_the_later_one_is_meant), CASE(one_that_started_when_another_ended_follows_it),
          CASE(who_was_not_reaped_was_not_waited_for),
          CASE(a_child_that_was_reaped_long_after_others_had_started_was_not_waited_for),
          CASE(a_process_is_charged_by_image), CASE(time_in_which_nobody_was_there_is_the_runs),
          CASE(what_outlived_the_run_is_not_waited_for), CASE(a_run_that_goes_on_has_a_path_so_far),
          CASE(damaged_rows_have_a_path), CASE(a_run_without_rows_has_a_path), CASE(a_deep_line_is_walked))
