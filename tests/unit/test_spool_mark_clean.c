/* SPDX-License-Identifier: MIT */
#include "spool/mark_clean.h"

#include "sys/attr.h"
#include "test.h"

struct example {
    const char *name, *value, *want_name, *want_value;
};

static const struct example examples[] = {
    {"db_password", "hunter2", "db_password", "***"},
    {"db password", "hunter2", "db password", "***"},
    {"api_token", "\"abc\"", "api_token", "\"***\""},
    {"pin", "1234", "pin", "***"},
    {"note", "run with token=abc now", "note", "run with token=*** now"},
    {"note", "curl -u me:abc h", "note", "curl -u me:*** h"},
    {"url", "https://me:abc@h/p", "url", "https://me:***@h/p"},
    {"json", "{\"password\":\"abc\",\"n\":1}", "json", "{\"password\":\"***\",\"n\":1}"},
    {"deploy password=abc", NULL, "deploy password=***", NULL},
    {"image_mb", "412", "image_mb", "412"},
    {"token_count", "412", "token_count", "412"},
    {"password_file", "/run/p", "password_file", "/run/p"},
    {"compile src/token.c", "gcc -c key.c", "compile src/token.c", "gcc -c key.c"},
    {"empty", "", "empty", ""},
};

TEST(secrets_vanish_from_names_and_values)
{
    auto_mark_clean clean = {0};
    for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
        const struct mark mark = {.name = examples[i].name, .value = examples[i].value, .pid = 7};
        CHECK(!mark_clean_set(&clean, &mark, "pin"));
        CHECK_STR(clean.mark.name, examples[i].want_name);
        CHECK(!clean.mark.value == !examples[i].want_value);
        if (clean.mark.value)
            CHECK_STR(clean.mark.value, examples[i].want_value);
        CHECK(clean.mark.pid == 7);
    }
}

TEST(values_of_a_task_are_secret_by_their_own_names)
{
    auto_mark_clean clean = {0};
    const struct mark mark = {.verb = MARK_END, .name = "rotate password", .value = "{\"rows\":5,\"token\":\"abc\"}"};
    CHECK(!mark_clean_set(&clean, &mark, NULL));
    CHECK_STR(clean.mark.value, "{\"rows\":5,\"token\":\"***\"}");
}

TEST(longest_name_and_value_fit)
{
    char name[MARK_NAME_MAX + 1] = {0};
    static char value[MARK_LINE_MAX];
    memset(name, 'n', sizeof name - 1);
    memset(value, 'v', sizeof value - 1);
    auto_mark_clean clean = {0};
    CHECK(!mark_clean_set(&clean, &(struct mark){.name = name, .value = value}, NULL));
    CHECK_STR(clean.mark.name, name);
    CHECK_STR(clean.mark.value, value);
}

TEST_MAIN(CASE(secrets_vanish_from_names_and_values), CASE(values_of_a_task_are_secret_by_their_own_names),
          CASE(longest_name_and_value_fit))
