/* SPDX-License-Identifier: MIT */
#include "model/conceal.h"

#include <stdlib.h>

#include "sys/attr.h"
#include "test.h"

/* What came through, as text. */
struct seen {
    char name[100], exe[100], cwd[100], args[200], task[100];
    size_t count;
    int answer;
};

static void copy(char *to, const char *text)
{
    strcpy(to, text ? text : "(none)");
}

static int see(void *ctx, const struct span *span)
{
    struct seen *s = ctx;
    s->count++;
    copy(s->name, span->name);
    copy(s->exe, span->exe);
    copy(s->cwd, span->cwd);
    copy(s->task, span->task);
    s->args[0] = '\0';
    for (size_t i = 0; i < span->argc; i++)
        strcat(strcat(s->args, span->args[i]), "|");
    return s->answer;
}

#define TOKEN \
    "ghp_"    \
    "0123456789abcdefghijABCDEFGHIJ012345"

static const char *const words[] = {"x", "--password", "abc", "--pin", "1234", ""};
static const struct span span = {.kind = SPAN_PROCESS,
                                 .name = TOKEN,
                                 .exe = "/opt/" TOKEN "/bin",
                                 .cwd = "/w/a=" TOKEN,
                                 .args = words,
                                 .argc = 6,
                                 .task = "compile"};

/* A shell with thousands of subshells: what they repeat is not looked through again, and the rest of each is its own. */
TEST(what_forked_children_repeat_is_redacted_once)
{
    struct seen seen = {0};
    struct conceal c = {.rules = "pin", .emit = see, .emit_ctx = &seen};
    static const char *const never[] = {"never", "read"};
    struct span child = span, again = span, other = span, own = span;
    child.program = again.program = 5;
    other.program = 5 + CONCEAL_KEPT; /* the same place */
    other.args = own.args = never;
    other.argc = own.argc = 2;
    again.args = (const char *const[]){"1", "2", "3", "4", "5", "6"};
    again.task = "another";
    CHECK(!conceal_span(&c, &child) && !conceal_span(&c, &own));
    CHECK_STR(seen.args, "never|read|");
    CHECK(!conceal_span(&c, &again));
    CHECK_STR(seen.args, "x|--password|***|--pin|***||");
    CHECK_STR(seen.exe, "/opt/***/bin");
    CHECK_STR(seen.task, "another");
    CHECK(!conceal_span(&c, &other));
    CHECK_STR(seen.args, "never|read|");
    CHECK(!conceal_span(&c, &child));
    CHECK_STR(seen.args, "x|--password|***|--pin|***||");
    conceal_release(&c);
}

TEST(every_string_of_a_process_is_redacted)
{
    struct seen seen = {0};
    struct conceal c = {.rules = "pin", .emit = see, .emit_ctx = &seen};
    CHECK(!conceal_span(&c, &span) && seen.count == 1);
    CHECK_STR(seen.name, "***");
    CHECK_STR(seen.exe, "/opt/***/bin");
    CHECK_STR(seen.cwd, "/w/a=***");
    CHECK_STR(seen.args, "x|--password|***|--pin|***||");
    CHECK_STR(seen.task, "compile");
    conceal_release(&c);
}

TEST(arguments_stay_when_they_are_to_be_kept)
{
    struct seen seen = {0};
    struct conceal c = {.rules = "pin", .keep_args = true, .emit = see, .emit_ctx = &seen};
    CHECK(!conceal_span(&c, &span));
    CHECK_STR(seen.args, "x|--password|abc|--pin|1234||");
    CHECK_STR(seen.name, "***");
    conceal_release(&c);
}

TEST(what_is_absent_stays_absent_and_answers_come_back)
{
    struct seen seen = {.answer = -5};
    struct conceal c = {.emit = see, .emit_ctx = &seen};
    CHECK(conceal_span(&c, &(struct span){.kind = SPAN_RUN, .name = "run"}) == -5);
    CHECK_STR(seen.name, "run");
    CHECK_STR(seen.exe, "(none)");
    CHECK_STR(seen.cwd, "(none)");
    CHECK_STR(seen.args, "");
    conceal_release(&c);
}

TEST(a_summary_is_redacted_too)
{
    struct conceal c = {.rules = "pin"};
    struct summary s;
    summary_init(&s);
    s.name = strdup("deploy --token abc");
    s.cwd = strdup("/w/" TOKEN);
    CHECK(!summary_set_command(&s, words, 5) && !conceal_summary(&c, &s));
    CHECK_STR(s.name, "deploy --token ***");
    CHECK_STR(s.cwd, "/w/***");
    CHECK_STR(s.command[2], "***");
    CHECK_STR(s.command[4], "***");
    CHECK(!s.command[5]);
    summary_release(&s);
    conceal_release(&c);
}

TEST_MAIN(CASE(what_forked_children_repeat_is_redacted_once), CASE(every_string_of_a_process_is_redacted),
          CASE(arguments_stay_when_they_are_to_be_kept), CASE(what_is_absent_stays_absent_and_answers_come_back),
          CASE(a_summary_is_redacted_too))
