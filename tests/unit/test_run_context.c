/* SPDX-License-Identifier: MIT */
#include "run/context.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "some_environment.h"
#include "test.h"

#define NOWHERE "HOME=/nowhere/to/be/found"

static char folder[] = "/tmp/dtrack-context-XXXXXX";
static int folder_fd;

/* The value of a fact about the pipeline, or "". */
static const char *fact(const struct context *c, const char *key)
{
    for (size_t i = 0; i < c->ci_len; i++)
        if (!strcmp(c->ci[i].key, key))
            return c->ci[i].value;
    return "";
}

static void forget(void)
{
    unlinkat(folder_fd, CONTEXT_NAME, 0);
}

TEST(what_nothing_is_said_about_has_its_default)
{
    struct context c;
    SOME_ENVIRONMENT(NOWHERE);
    CHECK(!context_from_environment(&c, some_getenv));
    CHECK(!c.name && !c.stores && !c.rules && !c.bad_rules && !c.keep_args && !c.ci_len);
    CHECK_STR(c.collection, "pathmetrics/statistics.json");
    context_release(&c);
}

TEST(no_url_keeps_its_credential)
{
    struct context c;
    SOME_ENVIRONMENT("DTRACK_STORE=https://a.blob.core.windows.net/c?sig=hidden azure://me:hidden@c/p#hidden");
    CHECK(!context_from_environment(&c, some_getenv));
    CHECK(c.stores && c.stores[0] && c.stores[1] && !c.stores[2]);
    CHECK_STR(c.stores[0], "https://a.blob.core.windows.net/c");
    CHECK_STR(c.stores[1], "azure://c/p");
    context_release(&c);
}

TEST(the_first_provider_that_is_there_says_the_branch)
{
    struct context c;
    SOME_ENVIRONMENT(NOWHERE, "TF_BUILD=True", "BUILD_SOURCEBRANCH=refs/heads/feature/x", "BRANCH_NAME=other",
                     "BUILD_BUILDID=17", "BUILD_NUMBER=18");
    CHECK(!context_from_environment(&c, some_getenv));
    CHECK_STR(fact(&c, "provider"), "azure-pipelines");
    CHECK_STR(fact(&c, "branch"), "feature/x");
    CHECK_STR(fact(&c, "build"), "17");
    context_release(&c);
}

/* A file of rules in the folder. */
static const char *rules_file(const char *text)
{
    static char path[64];
    snprintf(path, sizeof path, "%s/rules", folder);
    FILE *file = fopen(path, "w");
    test_failed |= !file || fputs(text, file) < 0 || fclose(file);
    return path;
}

TEST(rules_for_tasks_are_kept_as_they_were_when_the_run_began)
{
    struct context c, back;
    char setting[128];
    snprintf(setting, sizeof setting, "DTRACK_RULES=%s", rules_file("# ours\nmake | * -> make $1\n\nno rule\n"));
    SOME_ENVIRONMENT(NOWHERE, setting);
    CHECK(!context_from_environment(&c, some_getenv) && !context_save(&c, folder_fd));
    rules_file("other -> other\n");
    CHECK(!context_load(&back, folder_fd, NULL, some_getenv));
    CHECK_STR(c.task_rules, "# ours\nmake | * -> make $1\n\nno rule\n");
    CHECK_STR(back.task_rules, c.task_rules);
    CHECK(!back.no_derived);
    context_release(&c);
    context_release(&back);
    forget();
}

TEST(rules_that_cannot_be_read_are_a_bad_rule_and_off_is_off)
{
    static const char *const paths[] = {"DTRACK_RULES=/nowhere/at/all", "DTRACK_RULES=/", "DTRACK_RULES=/dev/zero",
                                        "DTRACK_RULES=/dev/tty"};
    struct context c;
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        SOME_ENVIRONMENT(NOWHERE, paths[i]);
        CHECK(!context_from_environment(&c, some_getenv));
        CHECK(c.task_rules && !strchr(c.task_rules, '>') && !c.no_derived);
        context_release(&c);
    }
    struct context back;
    SOME_ENVIRONMENT(NOWHERE, "DTRACK_RULES=off");
    CHECK(!context_from_environment(&c, some_getenv) && !context_save(&c, folder_fd));
    CHECK(!context_load(&back, folder_fd, NULL, some_getenv));
    CHECK(c.no_derived && back.no_derived && !back.task_rules);
    context_release(&c);
    context_release(&back);
    forget();
}

TEST(facts_of_a_pipeline_need_a_provider)
{
    struct context c;
    SOME_ENVIRONMENT(NOWHERE, "BUILD_NUMBER=18", "GIT_BRANCH=origin/main");
    CHECK(!context_from_environment(&c, some_getenv) && !c.ci_len);
    context_release(&c);
    SOME_ENVIRONMENT(NOWHERE, "JENKINS_URL=http://ci", "GIT_BRANCH=origin/main");
    CHECK(!context_from_environment(&c, some_getenv));
    CHECK_STR(fact(&c, "branch"), "main");
    context_release(&c);
}

TEST(a_name_is_kept_without_the_users_secrets)
{
    struct context c;
    SOME_ENVIRONMENT(NOWHERE, "DTRACK_REDACT=pin", "DTRACK_NAME=build --pin=1234");
    CHECK(!context_from_environment(&c, some_getenv));
    CHECK_STR(c.rules, "pin");
    CHECK(c.name && !strstr(c.name, "1234"));
    context_release(&c);
}

TEST(rules_that_cannot_be_read_are_said_to_be_bad)
{
    struct context c;
    SOME_ENVIRONMENT(NOWHERE, "DTRACK_REDACT=-x");
    CHECK(!context_from_environment(&c, some_getenv));
    CHECK(c.bad_rules && !strstr(c.bad_rules, "-x"));
    context_release(&c);
}

TEST(what_was_saved_is_loaded_whatever_the_environment_says_by_then)
{
    struct context c;
    SOME_ENVIRONMENT("DTRACK_NAME=nightly", "DTRACK_STORE=null: file:///s", "DTRACK_COLLECTION=a/b", "DTRACK_ARGS=full",
                     "GITLAB_CI=true", "CI_COMMIT_REF_NAME=main");
    CHECK(!context_from_environment(&c, some_getenv) && !context_save(&c, folder_fd));
    context_release(&c);
    SOME_ENVIRONMENT("DTRACK_NAME=other", "DTRACK_STORE=file:///other", "TRAVIS=true", "TRAVIS_BRANCH=other");
    CHECK(!context_load(&c, folder_fd, NULL, some_getenv));
    CHECK_STR(c.name, "nightly");
    CHECK_STR(c.collection, "a/b");
    CHECK_STR(fact(&c, "branch"), "main");
    CHECK(c.keep_args && !c.is_lost && c.stores && c.stores[1] && !c.stores[2]);
    CHECK_STR(c.stores[1], "file:///s");
    context_release(&c);
    forget();
}

TEST(a_lost_context_goes_where_the_spool_says)
{
    struct context c;
    struct spool_header header = {.stores = "null: file:///spool", .stores_known = 1};
    SOME_ENVIRONMENT("DTRACK_NAME=other", "XDG_STATE_HOME=/state", "DTRACK_STORE=file:///other");
    CHECK(!context_load(&c, folder_fd, &header, some_getenv));
    CHECK(c.is_lost && !c.name && c.stores && c.stores[0] && c.stores[1]);
    CHECK_STR(c.stores[1], "file:///spool");
    context_release(&c);
    CHECK(!context_load(&c, folder_fd, NULL, some_getenv));
    CHECK(c.stores && c.stores[0] && !c.stores[1]);
    CHECK_STR(c.stores[0], "file:///state/dtrack/store");
    context_release(&c);
}

TEST(without_a_home_of_its_own_a_lost_run_goes_to_any_store)
{
    struct context c;
    SOME_ENVIRONMENT(NOWHERE, "DTRACK_STORE=file:///other");
    CHECK(!context_load(&c, folder_fd, NULL, some_getenv));
    CHECK(c.stores && c.stores[0]);
    CHECK_STR(c.stores[0], "file:///other");
    context_release(&c);
}

TEST(rules_of_now_add_to_those_of_then_and_make_up_for_bad_ones)
{
    struct context c;
    SOME_ENVIRONMENT(NOWHERE, "DTRACK_REDACT=pin");
    CHECK(!context_from_environment(&c, some_getenv) && !context_save(&c, folder_fd));
    context_release(&c);
    SOME_ENVIRONMENT(NOWHERE, "DTRACK_REDACT=door");
    CHECK(!context_load(&c, folder_fd, NULL, some_getenv));
    CHECK_STR(c.rules, "pin,door");
    context_release(&c);
    SOME_ENVIRONMENT(NOWHERE, "DTRACK_REDACT=-x");
    CHECK(!context_from_environment(&c, some_getenv) && !context_save(&c, folder_fd));
    context_release(&c);
    SOME_ENVIRONMENT(NOWHERE, "DTRACK_REDACT=door");
    CHECK(!context_load(&c, folder_fd, NULL, some_getenv) && !c.bad_rules);
    context_release(&c);
    forget();
}

TEST(the_url_with_the_credential_is_found_again)
{
    char full[] = "https://h/c?sig=hidden";
    char *urls[] = {(char[]){"null:"}, full, NULL};
    CHECK(context_store_url("https://h/c", urls) == full);
    CHECK_STR(context_store_url("https://h/d", urls), "https://h/d");
    CHECK_STR(context_store_url("https://h/d", NULL), "https://h/d");
}

int main(void)
{
    static const struct test_case cases[] = {
        CASE(what_nothing_is_said_about_has_its_default),
        CASE(no_url_keeps_its_credential),
        CASE(the_first_provider_that_is_there_says_the_branch),
        CASE(rules_for_tasks_are_kept_as_they_were_when_the_run_began),
        CASE(rules_that_cannot_be_read_are_a_bad_rule_and_off_is_off),
        CASE(facts_of_a_pipeline_need_a_provider),
        CASE(a_name_is_kept_without_the_users_secrets),
        CASE(rules_that_cannot_be_read_are_said_to_be_bad),
        CASE(what_was_saved_is_loaded_whatever_the_environment_says_by_then),
        CASE(a_lost_context_goes_where_the_spool_says),
        CASE(without_a_home_of_its_own_a_lost_run_goes_to_any_store),
        CASE(rules_of_now_add_to_those_of_then_and_make_up_for_bad_ones),
        CASE(the_url_with_the_credential_is_found_again),
    };
    if (!mkdtemp(folder) || (folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return 1;
    int failed = test_run(cases, ARRAY_LEN(cases));
    forget();
    rmdir(folder);
    return failed;
}
