/* SPDX-License-Identifier: MIT */
#include "model/blind.h"

#include "test.h"

TEST(spots_of_one_name_and_cause_are_counted_together)
{
    struct blind b = {0};
    CHECK(!blind_add(&b, BLIND_STATIC, "terraform", 1) && !blind_add(&b, BLIND_STATIC, "terraform", 2));
    CHECK(!blind_add(&b, BLIND_STATIC, "go", 1) && !blind_add(&b, BLIND_CONTAINER, "docker", 1));
    CHECK(!blind_add(&b, BLIND_NONE, "ls", 1));
    CHECK(b.len == 3 && b.list[0].count == 3);
    blind_release(&b);
}

TEST(what_does_not_fit_is_still_counted)
{
    struct blind b = {0};
    char name[16];
    for (int i = 0; i < 2 * BLIND_MAX; i++) {
        snprintf(name, sizeof name, "n%d", i);
        CHECK(!blind_add(&b, BLIND_STATIC, name, 1));
    }
    int64_t sum = 0;
    for (size_t i = 0; i < b.len; i++)
        sum += b.list[i].count;
    CHECK(b.len == BLIND_MAX && sum == 2 * BLIND_MAX);
    blind_release(&b);
}

TEST(every_cause_has_words_and_is_read_back)
{
    for (int i = BLIND_NONE + 1; i < BLIND_CAUSES; i++) {
        enum blind_cause cause = BLIND_NONE;
        CHECK(blind_parse(blind_word((enum blind_cause)i), &cause) && cause == (enum blind_cause)i);
        CHECK(*blind_meaning(cause) && *blind_remedy(cause));
    }
    enum blind_cause cause;
    CHECK(!blind_parse("none", &cause) && !blind_parse("nonsense", &cause));
}

/* The word for the cause that hides what a client does. */
static const char *client(const char *name, const char *first_arg)
{
    enum blind_cause cause = BLIND_NONE;
    return blind_client(name, first_arg, &cause) ? blind_word(cause) : "seen";
}

TEST(clients_are_known_by_name)
{
    CHECK_STR(client("docker", "build"), "container");
    CHECK_STR(client("podman", NULL), "container");
    CHECK_STR(client("buildctl", NULL), "container");
    CHECK_STR(client("gradle", NULL), "daemon");
    CHECK_STR(client("bazel", "build"), "daemon");
    CHECK_STR(client("sccache", "gcc"), "daemon");
    CHECK_STR(client("ssh", "host"), "remote");
    CHECK_STR(client("dockerd-like", NULL), "seen");
}

TEST(clients_that_are_scripts_are_known_by_what_is_interpreted)
{
    enum blind_cause cause = BLIND_NONE;
    CHECK_STR(client("sh", "./gradlew"), "daemon");
    CHECK_STR(client("bash", "/opt/gradle/bin/gradle"), "daemon");
    CHECK_STR(client("cat", "./gradlew"), "seen");
    CHECK_STR(client("sh", "-c"), "seen");
    CHECK_STR(client("sh", NULL), "seen");
    CHECK_STR(blind_client("sh", "./gradlew", &cause), "gradlew");
    CHECK(cause == BLIND_DAEMON && !blind_client("sh", "./configure", &cause));
}

TEST_MAIN(CASE(spots_of_one_name_and_cause_are_counted_together), CASE(what_does_not_fit_is_still_counted),
          CASE(every_cause_has_words_and_is_read_back), CASE(clients_are_known_by_name),
          CASE(clients_that_are_scripts_are_known_by_what_is_interpreted))
