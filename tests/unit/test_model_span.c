/* SPDX-License-Identifier: MIT */
#include "model/span.h"

#include "test.h"

TEST(each_kind_has_one_word)
{
    const char *words[] = {"run", "process", "task", "mark"};
    for (int kind = SPAN_RUN; kind <= SPAN_MARK; kind++) {
        enum span_kind back;
        CHECK_STR(span_kind_word((enum span_kind)kind), words[kind]);
        CHECK(span_kind_parse(words[kind], &back) && (int)back == kind);
    }
}

TEST(each_witness_has_one_word)
{
    const char *words[] = {"self", "parent", "exec", "inferred", "running", "mark", "run"};
    for (int end = SPAN_END_SELF; end <= SPAN_END_RUN; end++) {
        enum span_end back;
        CHECK_STR(span_end_word((enum span_end)end), words[end]);
        CHECK(span_end_parse(words[end], &back) && (int)back == end);
    }
}

TEST(other_words_are_refused)
{
    enum span_kind kind = SPAN_TASK;
    enum span_end end = SPAN_END_EXEC;
    CHECK(!span_kind_parse("Process", &kind) && !span_kind_parse("", &kind) && kind == SPAN_TASK);
    CHECK(!span_end_parse("sel", &end) && !span_end_parse("selfish", &end) && end == SPAN_END_EXEC);
}

TEST_MAIN(CASE(each_kind_has_one_word), CASE(each_witness_has_one_word), CASE(other_words_are_refused))
