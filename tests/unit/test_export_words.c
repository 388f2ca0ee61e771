/* SPDX-License-Identifier: MIT */
#include "export/words.h"

#include "test.h"

TEST(durations_fit_seven_columns_and_say_their_unit)
{
    const struct {
        int64_t ns;
        const char *text;
    } cases[] = {{SPAN_NONE, "-"},
                 {0, "0 ms"},
                 {999999, "<1 ms"},
                 {1000000, "1 ms"},
                 {999999999, "999 ms"},
                 {1000000000, "1.00 s"},
                 {9999999999, "9.99 s"},
                 {10000000000, "10.0 s"},
                 {59999999999, "59.9 s"},
                 {60000000000, "1m 00s"},
                 {3599999999999, "59m 59s"},
                 {3600000000000, "1h 00m"},
                 {86399000000000, "23h 59m"},
                 {86400000000000, "1d 00h"},
                 {8640000000000000, "100d 00h"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        auto_buf b = BUF_EMPTY;
        words_duration(&b, cases[i].ns);
        CHECK_STR(buf_text(&b), cases[i].text);
    }
}

TEST(counts_have_their_thousands_apart)
{
    const struct {
        int64_t count;
        const char *text;
    } cases[] = {{0, "0"}, {999, "999"}, {1000, "1,000"}, {1234567, "1,234,567"}, {-123, "-123"}, {-1000, "-1,000"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        auto_buf b = BUF_EMPTY;
        words_count(&b, cases[i].count);
        CHECK_STR(buf_text(&b), cases[i].text);
    }
}

TEST(nouns_agree_with_their_count)
{
    auto_buf b = BUF_EMPTY;
    words_counted(&b, 1, "process|processes");
    buf_char(&b, ' ');
    words_counted(&b, 2000, "process|processes");
    buf_char(&b, ' ');
    words_counted(&b, 1, "task");
    buf_char(&b, ' ');
    words_counted(&b, 0, "task");
    CHECK_STR(buf_text(&b), "1 process 2,000 processes 1 task 0 tasks");
}

TEST(memory_is_rounded_to_its_unit)
{
    const struct {
        int64_t kb;
        const char *text;
    } cases[] = {{SPAN_NONE, "-"}, {0, "0 kB"},    {1023, "1023 kB"},  {1024, "1 MB"},
                 {1535, "1 MB"},   {1536, "2 MB"}, {1572864, "1.5 GB"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        auto_buf b = BUF_EMPTY;
        words_memory(&b, cases[i].kb);
        CHECK_STR(buf_text(&b), cases[i].text);
    }
}

TEST(moments_are_in_utc)
{
    auto_buf b = BUF_EMPTY;
    words_time(&b, 1795422982123456789);
    CHECK_STR(buf_text(&b), "2026-11-23 08:36:22");
}

static const char *status(struct buf *b, enum span_end end_by, int64_t exit_code, int64_t signal)
{
    buf_clear(b);
    words_status(b, &(struct words_end){end_by, exit_code, signal});
    return buf_text(b);
}

TEST(every_end_has_words)
{
    auto_buf b = BUF_EMPTY;
    CHECK_STR(status(&b, SPAN_END_SELF, 0, SPAN_NONE), "exit 0");
    CHECK_STR(status(&b, SPAN_END_PARENT, 127, SPAN_NONE), "exit 127");
    CHECK_STR(status(&b, SPAN_END_PARENT, SPAN_NONE, 9), "killed by SIGKILL");
    CHECK_STR(status(&b, SPAN_END_PARENT, SPAN_NONE, 31), "killed by SIGSYS");
    CHECK_STR(status(&b, SPAN_END_PARENT, SPAN_NONE, 34), "killed by signal 34");
    CHECK_STR(status(&b, SPAN_END_RUNNING, SPAN_NONE, SPAN_NONE), "still running");
    CHECK_STR(status(&b, SPAN_END_INFERRED, SPAN_NONE, SPAN_NONE), "end not seen");
}

TEST(a_status_or_a_signal_is_a_failure)
{
    CHECK(!words_failed(&(struct words_end){SPAN_END_SELF, 0, SPAN_NONE}));
    CHECK(!words_failed(&(struct words_end){SPAN_END_EXEC, SPAN_NONE, SPAN_NONE}));
    CHECK(words_failed(&(struct words_end){SPAN_END_SELF, 1, SPAN_NONE}));
    CHECK(words_failed(&(struct words_end){SPAN_END_PARENT, SPAN_NONE, 15}));
}

TEST(a_source_file_is_found_among_options)
{
    static const char *const none[] = {"",   "gcc",    "-o x.o",     "-Ifoo.c",  "a.out b.o",
                                       ".c", "dir/.c", "make.d/all", "sleep 1.5"};
    size_t len;
    const char *line = "cc1 -quiet -I . src/a.c -o b.c";
    CHECK(words_source(line, &len) == line + 16 && len == 7);
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        CHECK(!words_source(none[i], &len));
}

TEST(shells_are_known_by_name_and_path)
{
    CHECK(words_is_shell("sh") && words_is_shell("/usr/bin/dash") && words_is_shell("/bin/ksh93"));
    CHECK(!words_is_shell("python3") && !words_is_shell("/opt/sh/tool") && !words_is_shell(""));
}

TEST_MAIN(CASE(durations_fit_seven_columns_and_say_their_unit), CASE(counts_have_their_thousands_apart),
          CASE(nouns_agree_with_their_count), CASE(memory_is_rounded_to_its_unit), CASE(moments_are_in_utc),
          CASE(every_end_has_words), CASE(a_status_or_a_signal_is_a_failure),
          CASE(a_source_file_is_found_among_options), CASE(shells_are_known_by_name_and_path))
