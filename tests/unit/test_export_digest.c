/* SPDX-License-Identifier: MIT */
#include "export/digest.h"

#include <stdio.h>
#include <stdlib.h>

#include "test.h"

#include "some_spans.h"

static struct summary summary;

/* A finished digest of these spans, below a run of `ms`. */
static struct digest some_digest(int64_t ms, const struct digest_options *options, const struct span *spans, size_t len)
{
    struct digest d;
    struct span run = some_span(SPAN_RUN, "run", NULL, "run");
    run.dur_ns = ms * SOME_MS;
    run.exit_code = 0;
    strcpy(summary.run_id, "some run");
    if (digest_init(&d, &summary, options) || digest_add(&d, &run))
        test_failed = true;
    for (size_t i = 0; i < len; i++)
        if (digest_add(&d, &spans[i]))
            test_failed = true;
    if (digest_finish(&d))
        test_failed = true;
    return d;
}

/* Waited for by its starter, with CPU for half of its life. */
static struct span waited(const char *id, const char *parent, int64_t from, int64_t ms)
{
    struct span span = some_process(id, parent, from, ms);
    span.reaped_ns = span.start_ns + span.dur_ns;
    span.user_us = ms * 500;
    return span;
}

TEST(labels_follow_their_rows_when_others_are_left_out)
{
    enum { MANY = 2000 };
    static char ids[MANY][8], names[MANY][16];
    static struct span spans[MANY];
    for (int i = 0; i < MANY; i++) {
        snprintf(ids[i], sizeof ids[i], "p%x", i + 1);
        snprintf(names[i], sizeof names[i], "name%d", i);
        spans[i] = waited(ids[i], i ? "p1" : "run", i, i ? 1 + i * 37 % 500 : 9000);
        spans[i].name = names[i];
    }
    auto_digest d = some_digest(10000, &(struct digest_options){.rows_max = 100}, spans, MANY);
    int64_t count = 0;
    CHECK(d.figures.left_out > 0 && d.figures.len <= 101);
    for (uint32_t row = 1; row < d.figures.len; row++)
        CHECK_STR(digest_label(&d, row), figures_key(&d.figures, row));
    for (size_t i = 0; i < d.groups.len; i++)
        count += d.groups.list[i].count;
    CHECK(count == MANY);
}

TEST(a_label_says_what_a_process_is)
{
    static char option[300];
    memset(option, 'o', sizeof option - 1);
    const char *shell[] = {"bash", "./configure", "a b"},
               *compiler[] = {"cc1", "-quiet", option, "-o", "x.o", "lib/quotearg.c"};
    struct span spans[] = {waited("p1", "run", 0, 100), waited("p2", "p1", 1, 90), waited("p3", "p2", 2, 80),
                           waited("p4", "p1", 95, 1)};
    spans[0].args = spans[1].args = shell;
    spans[0].argc = spans[1].argc = 3;
    spans[2].args = compiler;
    spans[2].argc = 6;
    spans[0].name = spans[1].name = "bash";
    spans[2].name = "cc1";
    spans[3].name = "python3";
    spans[1].forked = spans[3].forked = true;
    auto_digest d = some_digest(100, NULL, spans, 4);
    CHECK_STR(digest_label(&d, 1), "bash ./configure 'a b'");
    CHECK_STR(digest_label(&d, 2), "subshell of bash ./configure 'a b'");
    CHECK(strlen(digest_label(&d, 3)) <= 200);
    CHECK_STR(digest_label(&d, 3) + strlen(digest_label(&d, 3)) - 19, " ... lib/quotearg.c");
    CHECK_STR(digest_label(&d, 4), "fork of python3");
    CHECK_STR(digest_label(&d, FIGURES_RUN), "some run");
}

TEST(what_was_alone_is_told_from_what_had_company)
{
    struct span spans[] = {waited("make", "run", 0, 1000), waited("cc-a", "make", 100, 300),
                           waited("cc-b", "make", 100, 310), waited("ld", "make", 500, 400),
                           waited("sleep", "make", 90, 900)};
    spans[4].user_us = 0; /* who only waits is no company */
    spans[4].reaped_ns = SPAN_NONE;
    auto_digest d = some_digest(1000, NULL, spans, 5);
    for (size_t i = 0; i < d.shares_len; i++) {
        const char *name = figures_names_text(&d.figures.keys, d.shares[i].key);
        if (!strcmp(name, "ld"))
            CHECK(d.shares[i].alone && d.shares[i].count == 1 && d.shares[i].path_ns == 400 * SOME_MS);
        if (!strcmp(name, "cc-b"))
            CHECK(!d.shares[i].alone);
    }
}

TEST(one_task_is_all_that_counts_when_it_is_asked_for)
{
    struct span spans[] = {some_task("t1", "build", 100, 500), some_task("t2", "link", 400, 200),
                           waited("sh", "run", 0, 1000),       waited("make", "sh", 110, 480),
                           waited("ld", "make", 410, 150),     waited("test", "sh", 700, 200)};
    spans[1].parent_id = "t1"; /* a task in a task */
    spans[3].task = "build";
    spans[4].task = "link";
    auto_digest d = some_digest(1000, &(struct digest_options){.task = "build"}, spans, 6);
    CHECK(digest_whole_ns(&d) == 500 * SOME_MS);
    CHECK(d.groups.len == 2);
    for (uint32_t row = 1; row < d.figures.len; row++) {
        const char *key = digest_label(&d, row);
        CHECK(digest_has(&d, row) == (strcmp(key, "sh") && strcmp(key, "test")));
    }
    auto_digest none = some_digest(1000, &(struct digest_options){.task = "nowhere"}, spans, 6);
    CHECK(!digest_whole_ns(&none) && !none.groups.len);
}

TEST(numbers_at_the_ends_of_their_range_are_calculated_with)
{
    struct span spans[] = {waited("p1", "run", 0, 100), some_span(SPAN_MARK, "m1", "run", "early")};
    spans[0].user_us = spans[0].sys_us = INT64_MAX;
    spans[1].start_ns = INT64_MIN + 1;
    auto_digest d = some_digest(100, NULL, spans, 2);
    CHECK(figures_cpu_us(&d.figures.rows[1]) > 0);
    CHECK(d.marks_len == 1 && d.marks[0].at_ns == 0);
}

TEST(tasks_that_nobody_marked_are_passed_over)
{
    struct span marked = some_span(SPAN_TASK, "t1", "run", "build"),
                derived = some_span(SPAN_TASK, "t2", "p1", "build");
    marked.dur_ns = derived.dur_ns = 90 * SOME_MS;
    marked.end_by = SPAN_END_MARK;
    derived.end_by = SPAN_END_DERIVED;
    derived.exit_code = 1;
    const struct span spans[] = {waited("p1", "run", 0, 100), marked, derived};
    auto_digest d = some_digest(100, NULL, spans, 3);
    CHECK(d.tasks.len == 1 && d.tasks.list[0].count == 1 && d.tasks.list[0].failed == 0);
    CHECK(d.failures.len == 0);
}

TEST(marks_are_counted_and_the_first_are_kept)
{
    static struct span spans[DIGEST_MARKS + 5];
    for (int i = 0; i < DIGEST_MARKS + 5; i++) {
        spans[i] = some_span(SPAN_MARK, "m", "run", "coverage");
        spans[i].start_ns += 7 * SOME_MS;
        spans[i].value = i ? "81.5" : NULL;
    }
    auto_digest d = some_digest(1000, NULL, spans, DIGEST_MARKS + 5);
    CHECK(d.marks_seen == DIGEST_MARKS + 5 && d.marks_len == DIGEST_MARKS && d.marks[0].at_ns == 7 * SOME_MS);
    CHECK_STR(digest_text(&d, d.marks[1].value), "81.5");
    CHECK(!d.marks[0].value);
}

TEST_MAIN(CASE(labels_follow_their_rows_when_others_are_left_out), CASE(a_label_says_what_a_process_is),
          CASE(what_was_alone_is_told_from_what_had_company), CASE(one_task_is_all_that_counts_when_it_is_asked_for),
          CASE(numbers_at_the_ends_of_their_range_are_calculated_with), CASE(tasks_that_nobody_marked_are_passed_over),
          CASE(marks_are_counted_and_the_first_are_kept))
