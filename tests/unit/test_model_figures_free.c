/* SPDX-License-Identifier: MIT */
#include "model/figures_free.h"

#include "some_figures.h"
#include "test.h"

struct names {
    const char *a, *b;
};

static bool is_one_of(void *ctx, const struct figures *f, uint32_t row)
{
    const struct names *names = ctx;
    const char *key = figures_key(f, row);
    return (names->a && !strcmp(key, names->a)) || (names->b && !strcmp(key, names->b));
}

/* Saved when these two are free, in ms. */
static struct figures_saving free_names(const struct figures *f, const char *a, const char *b)
{
    struct figures_saving s = {-1, -1};
    if (figures_if_free(f, is_one_of, &(struct names){a, b}, &s))
        test_failed = true;
    return (struct figures_saving){s.least_ns / SOME_MS, s.most_ns / SOME_MS};
}

static bool saves(const struct figures *f, const char *a, const char *b, int64_t least, int64_t most)
{
    struct figures_saving s = free_names(f, a, b);
    if (s.least_ns == least && s.most_ns == most)
        return true;
    printf("# %s %s: %lld..%lld\n", a ? a : "", b ? b : "", (long long)s.least_ns, (long long)s.most_ns);
    return false;
}

TEST(what_a_parallel_make_would_save_is_known)
{
    auto_figures f = some_figures(100, 0, some_make, ARRAY_LEN(some_make));
    CHECK(saves(&f, NULL, NULL, 0, 0));
    CHECK(saves(&f, "ld", NULL, 22, 22));
    CHECK(saves(&f, "gen", NULL, 13, 13));
    CHECK(saves(&f, "make", NULL, 6, 6));
    CHECK(saves(&f, "cc-a", NULL, 0, 0));
    CHECK(saves(&f, "as-b", NULL, 10, 28));
    CHECK(saves(&f, "cc-b", "as-b", 10, 49));
    CHECK(saves(&f, "spy", NULL, 0, 0));
}

TEST(keys_lives_and_tasks_can_be_free)
{
    static const struct some list[] = {{"sh", "run", 0, 20},
                                       {"env", "sh", 2, 5, .exec = "cc", .pid = 7},
                                       {"cc", "sh", 5, 15, .pid = 7, .task = "t"},
                                       {"cc2", "sh", 15, 18, .name = "cc", .task = "t"}};
    struct figures f;
    struct figures_saving s;
    CHECK(!figures_init(&f, NULL));
    some_run_row(&f, 20, 0);
    struct span task = some_task("t1", "t", 4, 14);
    CHECK(!figures_add(&f, &task, NULL));
    for (size_t i = 0; i < ARRAY_LEN(list); i++)
        some_add(&f, &list[i]);
    CHECK(!figures_link(&f));
    uint32_t cc = some_number(&f, "cc"), env = some_number(&f, "env"), t = 1;
    CHECK(!figures_if_free(&f, figures_free_key, &f.rows[cc].key, &s) && s.least_ns == 13 * SOME_MS);
    CHECK(!figures_if_free(&f, figures_free_life, &env, &s) && s.least_ns == 13 * SOME_MS && s.most_ns == s.least_ns);
    CHECK(!figures_if_free(&f, figures_free_task, &t, &s) && s.least_ns == 13 * SOME_MS);
    figures_release(&f);
}

/* Slack in ms of the row of that name; -1 = none. */
static int64_t slack_of(const struct figures *f, const char *name)
{
    int64_t slack[32];
    figures_slack(f, slack);
    uint32_t row = some_number(f, name);
    return slack[row] == SPAN_NONE ? -1 : slack[row] / SOME_MS;
}

TEST(the_slack_of_a_parallel_make_is_known)
{
    auto_figures f = some_figures(100, 0, some_make, ARRAY_LEN(some_make));
    CHECK(slack_of(&f, "cc-a") == 10 && slack_of(&f, "cc-c") == 10);
    CHECK(!slack_of(&f, "sh") && !slack_of(&f, "make") && !slack_of(&f, "gen") && !slack_of(&f, "cc-b") &&
          !slack_of(&f, "as-b") && !slack_of(&f, "ld"));
    CHECK(slack_of(&f, "spy") == -1);
}

TEST(what_was_reaped_late_has_slack_up_to_then)
{
    static const struct some list[] = {
        {"py", "run", 0, 100}, {"slow", "py", 5, 30, .reaped = 95}, {"quick", "py", 6, 28}, {"next", "py", 32, 90}};
    auto_figures f = some_figures(100, 0, list, ARRAY_LEN(list));
    CHECK(slack_of(&f, "slow") == 65 && !slack_of(&f, "quick") && !slack_of(&f, "next"));
    CHECK(saves(&f, "slow", NULL, 0, 0));
    CHECK(saves(&f, "next", NULL, 58, 58));
    /* with next gone, slow would still have to be waited for */
    CHECK(saves(&f, "next", "py", 75, 78));
}

TEST(one_without_a_duration_costs_nothing)
{
    static const struct some list[] = {
        {"sh", "run", 0, 10}, {"a", "sh", 2, 4}, {"zero", "sh", 4, 4}, {"b", "sh", 4, 9}};
    auto_figures f = some_figures(10, 0, list, ARRAY_LEN(list));
    CHECK(saves(&f, NULL, NULL, 0, 0) && saves(&f, "zero", NULL, 0, 0) && saves(&f, "a", NULL, 2, 2));
    CHECK(!slack_of(&f, "zero"));
}

TEST_MAIN(CASE(what_a_parallel_make_would_save_is_known), CASE(keys_lives_and_tasks_can_be_free),
          CASE(the_slack_of_a_parallel_make_is_known), CASE(what_was_reaped_late_has_slack_up_to_then),
          CASE(one_without_a_duration_costs_nothing))
