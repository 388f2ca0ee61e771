/* SPDX-License-Identifier: MIT */
#include "model/task_rules.h"

#include "base/own.h"
#include "test.h"

/* What the rules make of a process: its name, "-" for never, "" for nothing. */
static const char *name_by(const char *rules, const struct task_subject *subject)
{
    static char text[512];
    struct task_rules r;
    auto_buf name = BUF_EMPTY;
    test_failed |= task_rules_parse(rules, &r) != 0;
    enum task_match match = task_rules_match(&r, subject, &name);
    snprintf(text, sizeof text, "%s", match == TASK_MATCH_NEVER ? "-" : buf_text(&name));
    task_rules_release(&r);
    return text;
}

static const struct task_subject deploy = {"/opt/ci/deploy.sh", "deploy.sh", "--env prod web db", "/src/shop/api"};

TEST(a_rule_names_what_its_globs_match)
{
    static const char *const cases[][2] = {
        {"deploy.sh -> deploy", "deploy"},
        {"deploy.* -> $1", "sh"},
        {"d?ploy.sh -> x", "x"},
        {"deploy -> x", ""},
        {"ploy.sh -> x", ""},
        {"/opt/*/deploy.sh -> $1", "ci"},
        {"*/deploy.sh -> $1", "/opt/ci"},
        {"* | --env * * -> $2 $3 by $1", "prod web db by deploy.sh"}, /* as little as will do, but for the last one */
        {"* | --env prod -> x", ""},
        {"* | *web* -> $2", "--env prod "},
        {"* | * | /src/*/api -> $3", "shop"},
        {"* | * | /src -> x", ""},
        {"deploy.sh -> costs $$1", "costs $1"},
        {"deploy.sh -> -", "-"},
        {"# remark\n\n  deploy.sh -> first  \ndeploy.sh -> second", "first"},
        {"other -> no\ndeploy.sh -> yes", "yes"},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        CHECK_STR(name_by(cases[i][0], &deploy), cases[i][1]);
}

TEST(bad_lines_are_counted_and_stop_nothing)
{
    static const char *const lines[] = {
        "deploy.sh",
        "deploy.sh ->",
        "deploy.sh->x",
        " -> x",
        "deploy.sh -> $1",
        "* -> $2",
        "* -> $",
        "* -> $0",
        "* -> $x",
        "a | b | c | d -> x",
        "** | ** | ******* -> x",
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        char text[128];
        struct task_rules r;
        snprintf(text, sizeof text, "# one\n%s\ndeploy.sh -> good\n", lines[i]);
        CHECK(!task_rules_parse(text, &r));
        CHECK(r.bad == 1 && r.first_bad == 2 && r.len == 1);
        task_rules_release(&r);
        CHECK_STR(name_by(text, &deploy), "good");
    }
}

TEST(rules_and_names_are_bounded)
{
    auto_buf text = BUF_EMPTY;
    for (int i = 0; i < TASK_RULES_MAX + 5; i++)
        buf_printf(&text, "n%d -> x\n", i);
    for (int i = 0; i < TASK_RULE_BYTES_MAX; i++)
        buf_char(&text, 'a');
    buf_str(&text, " -> x\n");
    struct task_rules r;
    CHECK(!task_rules_parse(buf_text(&text), &r));
    CHECK(r.len == TASK_RULES_MAX && r.bad == 6);
    task_rules_release(&r);
    char args[400];
    memset(args, 'a', sizeof args - 1);
    args[sizeof args - 1] = '\0';
    const struct task_subject long_one = {"/bin/x", "x", args, "/"};
    CHECK(strlen(name_by("x | * -> long $1", &long_one)) == 255);
}

TEST(a_hostile_glob_takes_no_more_than_its_product)
{
    char args[TASK_RULES_ARGS + 1];
    memset(args, 'a', sizeof args - 1);
    args[sizeof args - 1] = '\0';
    const struct task_subject all_a = {"/bin/x", "x", args, "/"};
    for (int i = 0; i < 1000; i++)
        CHECK_STR(name_by("x | *a*a*a*a*a*a*a*b -> never", &all_a), "");
}

TEST_MAIN(CASE(a_rule_names_what_its_globs_match), CASE(bad_lines_are_counted_and_stop_nothing),
          CASE(rules_and_names_are_bounded), CASE(a_hostile_glob_takes_no_more_than_its_product))
