/* SPDX-License-Identifier: MIT */
#include "spool/marks.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/own.h"
#include "test.h"

/* A line cut up in place, kept here for the life of the test. */
static char scratch[MARK_LINE_MAX + 64];

static enum mark_fault parse(const char *text, struct mark *m)
{
    memcpy(scratch, text, strlen(text) + 1);
    return mark_parse(scratch, strlen(text), m);
}

TEST(line_gives_time_verb_name_and_value)
{
    struct mark m;
    CHECK(parse("1700000000.123456789\tset\tbuild kind\tnightly", &m) == MARK_GOOD);
    CHECK(m.time_ns == 1700000000123456789);
    CHECK(m.verb == MARK_SET);
    CHECK_STR(m.name, "build kind");
    CHECK_STR(m.value, "nightly");
    CHECK(m.pid == 0 && m.ppid == 0);
}

TEST(every_verb_is_known)
{
    static const char *const words[] = {"start", "end", "set", "event"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        enum mark_verb verb;
        CHECK(mark_verb_parse(words[i], strlen(words[i]), &verb) == 0);
        CHECK(verb == (enum mark_verb)i);
    }
}

TEST(times_of_every_source_are_exact)
{
    static const struct {
        const char *text;
        int64_t ns;
    } cases[] = {
        {"1\tend\tx", 1000000000},
        {"1.\tend\tx", 1000000000},
        {"1.5\tend\tx", 1500000000},
        {"1,000001\tend\tx", 1000001000},
        {"0.000000001\tend\tx", 1},
        {"1.1234567899\tend\tx", 1123456789},
        {"9223372036.854775807\tend\tx", INT64_MAX},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct mark m;
        CHECK(parse(cases[i].text, &m) == MARK_GOOD);
        CHECK(m.time_ns == cases[i].ns);
    }
}

TEST(bad_lines_say_what_is_wrong)
{
    static const struct {
        const char *text;
        enum mark_fault fault;
    } cases[] = {
        {"", MARK_BAD_TIME},
        {"\tstart\tx", MARK_BAD_TIME},
        {".5\tstart\tx", MARK_BAD_TIME},
        {"-1\tstart\tx", MARK_BAD_TIME},
        {"+1\tstart\tx", MARK_BAD_TIME},
        {"1.2.3\tstart\tx", MARK_BAD_TIME},
        {"1.%N\tstart\tx", MARK_BAD_TIME},
        {"1:5\tstart\tx", MARK_BAD_TIME},
        {"9223372036.854775808\tstart\tx", MARK_BAD_TIME},
        {"99999999999999999999\tstart\tx", MARK_BAD_TIME},
        {"1 start x", MARK_BAD_TIME},
        {"1", MARK_BAD_VERB},
        {"1\tbegin\tx", MARK_BAD_VERB},
        {"1\tSTART\tx", MARK_BAD_VERB},
        {"1\tstar\tx", MARK_BAD_VERB},
        {"1\t\tx", MARK_BAD_VERB},
        {"1\tstart", MARK_BAD_NAME},
        {"1\tstart\t", MARK_BAD_NAME},
        {"1\tset\t\tvalue", MARK_BAD_NAME},
        {"1\tset\t\r", MARK_BAD_NAME},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct mark m;
        CHECK(parse(cases[i].text, &m) == cases[i].fault);
        CHECK_STR(scratch, cases[i].text); /* a bad line is left as it was, to be shown */
    }
}

TEST(name_may_be_anything_up_to_255_bytes)
{
    char line[300] = "1\tstart\t";
    struct mark m;
    memset(line + 8, '\xFF', MARK_NAME_MAX);
    CHECK(parse(line, &m) == MARK_GOOD);
    CHECK(strlen(m.name) == MARK_NAME_MAX);
    line[8 + MARK_NAME_MAX] = 'x';
    CHECK(parse(line, &m) == MARK_BAD_NAME);
}

TEST(zero_byte_makes_a_line_bad)
{
    char line[] = "1\tset\tx\ta\0b";
    struct mark m;
    CHECK(mark_parse(line, sizeof line - 1, &m) == MARK_BAD_BYTE);
    CHECK(mark_name_check("a\0b", 3) == MARK_BAD_BYTE);
}

TEST(attributes_follow_the_value)
{
    struct mark m;
    CHECK(parse("1\tstart\tx\t\tpid=12\tcolour=red\tppid=11", &m) == MARK_GOOD);
    CHECK(m.value == NULL);
    CHECK(m.pid == 12 && m.ppid == 11);
    CHECK(parse("1\tset\tx\tpid=1\tppid=2", &m) == MARK_GOOD);
    CHECK_STR(m.value, "pid=1"); /* in the fourth field it is a value */
    CHECK(m.pid == 0 && m.ppid == 2);
}

TEST(malformed_attributes_are_passed_over)
{
    struct mark m;
    CHECK(parse("1\tset\tx\tv\tpid=\tpid=-1\tpid=1x\tppid=2147483648\tppid=99999999999999999999\t", &m) == MARK_GOOD);
    CHECK(m.pid == 0 && m.ppid == 0);
}

TEST(an_end_says_how_its_task_did)
{
    static const struct {
        const char *text;
        bool has_status;
        int status;
    } cases[] = {
        {"1\tend\tx\t\tstatus=0", true, 0},
        {"1\tend\tx\t\tpid=3\tstatus=7\tppid=1", true, 7 << 8},
        {"1\tend\tx\t{\"a\":1}\tstatus=137", true, 137 << 8}, /* what a shell says stays what it says */
        {"1\tend\tx\t\tsignal=9", true, 9},
        {"1\tend\tx\t\tstatus=255", true, 255 << 8},
        {"1\tend\tx", false, 0},
        {"1\tend\tx\tstatus=1", false, 0}, /* in the fourth field it is a value */
        {"1\tend\tx\t\tstatus=256", false, 0},
        {"1\tend\tx\t\tstatus=-1\tstatus=\tstatus=1x", false, 0},
        {"1\tend\tx\t\tsignal=0\tsignal=65", false, 0},
        {"1\tstart\tx\t\tstatus=1", false, 0},
        {"1\tevent\tx\t\tstatus=1", false, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct mark m;
        CHECK(parse(cases[i].text, &m) == MARK_GOOD);
        CHECK(m.has_status == cases[i].has_status && m.status == cases[i].status);
    }
}

TEST(a_status_is_written_as_it_is_read)
{
    static const int statuses[] = {0, 3 << 8, 255 << 8, 9, 64};
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        auto_buf line = BUF_EMPTY;
        struct mark m = {
            .verb = MARK_END, .name = "x", .value = "{\"a\":1}", .has_status = true, .status = statuses[i]};
        CHECK(!mark_format(&m, &line));
        CHECK(mark_parse(line.data, line.len - 1, &m) == MARK_GOOD);
        CHECK(m.has_status && m.status == statuses[i]);
        CHECK_STR(m.value, "{\"a\":1}");
    }
}

TEST(carriage_return_before_the_newline_is_dropped)
{
    struct mark m;
    CHECK(parse("1\tset\tx\tv\r", &m) == MARK_GOOD);
    CHECK_STR(m.value, "v");
    CHECK(parse("1\tend\tx\r", &m) == MARK_GOOD);
    CHECK_STR(m.name, "x");
}

/* What mark_format() writes for a value of a `set` named x at 1.5 s. */
static const char *formatted(struct buf *out, const char *value)
{
    const struct mark m = {.time_ns = 1500000000, .verb = MARK_SET, .name = "x", .value = value};
    buf_clear(out);
    return mark_format(&m, out) ? NULL : buf_text(out);
}

TEST(format_writes_the_line_that_parse_reads)
{
    const struct mark in = {.time_ns = 1700000000000000042,
                            .verb = MARK_EVENT,
                            .name = "deploy: eu-west \xC3\xA9",
                            .value = "done",
                            .mono_ns = 5000000000,
                            .pid = 77,
                            .ppid = 7};
    auto_buf line = BUF_EMPTY;
    CHECK(mark_format(&in, &line) == 0);
    CHECK_STR(buf_text(&line),
              "1700000000.000000042\tevent\tdeploy: eu-west \xC3\xA9\tdone\tmono=5000000000\tpid=77\tppid=7\n");
    struct mark out;
    CHECK(mark_parse(line.data, line.len - 1, &out) == MARK_GOOD);
    CHECK(out.time_ns == in.time_ns && out.verb == in.verb && out.pid == in.pid && out.ppid == in.ppid);
    CHECK(out.mono_ns == in.mono_ns);
    CHECK_STR(out.name, in.name);
    CHECK_STR(out.value, in.value);
}

TEST(format_keeps_every_value_on_one_line)
{
    auto_buf out = BUF_EMPTY;
    CHECK_STR(formatted(&out, NULL), "1.500000000\tset\tx\t\n");
    CHECK_STR(formatted(&out, ""), "1.500000000\tset\tx\t\"\"\n");
    CHECK_STR(formatted(&out, "say \"hi\" \\ {"), "1.500000000\tset\tx\tsay \"hi\" \\ {\n");
    CHECK_STR(formatted(&out, "a\tb\nc\r\"\x01"), "1.500000000\tset\tx\t\"a\\tb\\nc\\r\\\"\\u0001\"\n");
    CHECK_STR(formatted(&out, "{\n\t\"a\": [1,\r\n2]\n}"), "1.500000000\tset\tx\t{  \"a\": [1,  2] }\n");
    CHECK_STR(formatted(&out, "{\"a\":\n"), "1.500000000\tset\tx\t\"{\\\"a\\\":\\n\"\n");
    CHECK_STR(formatted(&out, "\"a\nb\""), "1.500000000\tset\tx\t\"\\\"a\\nb\\\"\"\n");
}

TEST(format_refuses_what_could_not_be_read_back)
{
    auto_buf out = BUF_EMPTY;
    CHECK(mark_format(&(struct mark){.name = ""}, &out) == -EINVAL);
    CHECK(mark_format(&(struct mark){.name = "a\tb"}, &out) == -EINVAL);
    CHECK(mark_format(&(struct mark){.name = "a\nb"}, &out) == -EINVAL);
    char *huge = malloc(MARK_LINE_MAX + 1);
    CHECK(huge);
    memset(huge, 'v', MARK_LINE_MAX);
    huge[MARK_LINE_MAX] = '\0';
    CHECK(formatted(&out, huge) == NULL);
    CHECK(out.error == 0);
    size_t head = strlen("1.500000000\tset\tx\t");
    huge[MARK_LINE_MAX - head] = '\0';
    CHECK(formatted(&out, huge) != NULL);
    struct mark m;
    CHECK(mark_parse(out.data, out.len - 1, &m) == MARK_GOOD);
    free(huge);
}

/* What a reading saw. */
struct seen {
    int good, bad;
    int64_t last_bad_number;
    enum mark_fault last_fault;
    size_t last_bad_len;
    char names[256];
    int stop_at; /* stop at this line, with -ECANCELED */
};

static int see(void *ctx, const struct mark_line *line)
{
    struct seen *s = ctx;
    if (line->number == s->stop_at)
        return -ECANCELED;
    if (line->fault) {
        s->bad++;
        s->last_bad_number = line->number;
        s->last_fault = line->fault;
        s->last_bad_len = line->len;
        return 0;
    }
    s->good++;
    if (strlen(s->names) + strlen(line->mark.name) < sizeof s->names)
        strcat(s->names, line->mark.name);
    return 0;
}

static int file_of(const void *bytes, size_t len)
{
    int fd = memfd_create("marks", MFD_CLOEXEC);
    if (fd >= 0 && write(fd, bytes, len) != (ssize_t)len)
        own_close_fd(&fd);
    return fd;
}

static int read_text(const char *text, size_t len, struct seen *s, int64_t *bad)
{
    struct marks_tally tally;
    auto_fd fd = file_of(text, len);
    int err = marks_read(fd, MARKS_BYTES_MAX, see, s, &tally);
    *bad = tally.bad;
    return err;
}

TEST(reader_numbers_bad_lines_and_goes_on)
{
    static const char text[] = "1\tstart\ta\nnonsense\n2\tend\tb\n\n3\tset\tc\tv\n";
    struct seen s = {0};
    int64_t bad = -1;
    CHECK(read_text(text, sizeof text - 1, &s, &bad) == 0);
    CHECK(s.good == 3 && s.bad == 2 && bad == 2);
    CHECK_STR(s.names, "abc");
    CHECK(s.last_bad_number == 4 && s.last_fault == MARK_BAD_TIME);
}

TEST(last_line_without_newline_counts_when_it_parses)
{
    struct seen s = {0};
    int64_t bad;
    CHECK(read_text("1\tstart\ta\n2\tend\ta", 17, &s, &bad) == 0);
    CHECK(s.good == 2 && bad == 0);
    s = (struct seen){0};
    CHECK(read_text("1\tstart\ta\n2\ten", 14, &s, &bad) == 0);
    CHECK(s.good == 1 && bad == 1 && s.last_bad_number == 2);
}

TEST(reader_passes_over_endless_lines_and_counts_each_once)
{
    auto_buf text = BUF_EMPTY;
    for (int round = 0; round < 3; round++) {
        buf_str(&text, "1\tset\tx\t");
        for (int i = 0; i < 100000 * (round + 1); i++)
            buf_char(&text, 'v');
        buf_str(&text, "\n2\tend\ty\n");
    }
    struct seen s = {0};
    int64_t bad;
    CHECK(read_text(text.data, text.len, &s, &bad) == 0);
    CHECK(bad == 3 && s.bad == 3 && s.good == 3);
    CHECK_STR(s.names, "yyy");
    CHECK(s.last_fault == MARK_TOO_LONG && s.last_bad_number == 5 && s.last_bad_len > MARK_LINE_MAX);
}

TEST(endless_last_line_without_newline_is_one_bad_line)
{
    auto_buf text = BUF_EMPTY;
    for (int i = 0; i < 500000; i++)
        buf_char(&text, 'v');
    struct seen s = {0};
    int64_t bad;
    CHECK(read_text(text.data, text.len, &s, &bad) == 0);
    CHECK(bad == 1 && s.bad == 1 && s.good == 0);
}

TEST(reader_keeps_lines_that_cross_its_buffer)
{
    auto_buf text = BUF_EMPTY;
    for (int i = 0; i < 40000; i++)
        buf_printf(&text, "%d.5\tevent\tname-%d\tvalue\n", i, i);
    struct seen s = {0};
    int64_t bad;
    CHECK(text.len > (size_t)4 * MARK_LINE_MAX);
    CHECK(read_text(text.data, text.len, &s, &bad) == 0);
    CHECK(s.good == 40000 && bad == 0);
}

TEST(reader_stops_where_the_caller_says)
{
    struct seen s = {.stop_at = 2};
    int64_t bad;
    CHECK(read_text("1\tstart\ta\n2\tend\ta\n", 18, &s, &bad) == -ECANCELED);
    CHECK(s.good == 1);
}

TEST(reader_gives_the_error_of_a_bad_descriptor)
{
    struct seen s = {0};
    struct marks_tally tally;
    CHECK(marks_read(-1, MARKS_BYTES_MAX, see, &s, &tally) == -EBADF);
}

TEST(reader_starts_at_the_beginning_every_time)
{
    auto_fd fd = file_of("1\tstart\ta\n", 10);
    struct seen s = {0};
    struct marks_tally tally;
    CHECK(marks_read(fd, MARKS_BYTES_MAX, see, &s, &tally) == 0);
    CHECK(marks_read(fd, MARKS_BYTES_MAX, see, &s, &tally) == 0);
    CHECK(s.good == 2);
}

TEST(reader_stops_at_its_room_between_two_lines_and_says_what_is_left)
{
    static const char text[] = "1\tstart\ta\n2\tend\tb\n3\tset\tc\tlong\n4\tend\td\n";
    struct marks_tally tally;
    auto_fd fd = file_of(text, sizeof text - 1);
    for (int64_t room = 0; room <= (int64_t)sizeof text; room++) {
        struct seen s = {0};
        int64_t lines = (room >= 10) + (room >= 18) + (room >= 31) + (room >= 39);
        int64_t taken = room >= 39 ? 39 : room >= 31 ? 31 : room >= 18 ? 18 : room >= 10 ? 10 : 0;
        CHECK(!marks_read(fd, room, see, &s, &tally));
        CHECK(s.good == lines && !s.bad && tally.unread_bytes == 39 - taken);
    }
}

TEST(a_file_of_any_length_is_read_up_to_its_room)
{
    struct seen s = {0};
    struct marks_tally tally;
    auto_fd fd = file_of("1\tstart\ta\n", 10);
    CHECK(!ftruncate(fd, INT64_C(1) << 40) && !marks_read(fd, 1 << 20, see, &s, &tally));
    CHECK(s.good == 1 && s.bad == 1 && tally.bad == 1);
    CHECK(tally.unread_bytes >= (INT64_C(1) << 40) - (1 << 20));
}

TEST(marks_have_room_within_what_a_run_may_record_and_a_limit_of_their_own)
{
    CHECK(marks_room(1 << 20) == 1 << 20);
    CHECK(marks_room(0) == MARKS_BYTES_MAX && marks_room(UINT64_MAX) == MARKS_BYTES_MAX);
}

TEST_MAIN(CASE(line_gives_time_verb_name_and_value), CASE(every_verb_is_known), CASE(times_of_every_source_are_exact),
          CASE(bad_lines_say_what_is_wrong), CASE(name_may_be_anything_up_to_255_bytes),
          CASE(zero_byte_makes_a_line_bad), CASE(attributes_follow_the_value),
          CASE(malformed_attributes_are_passed_over), CASE(an_end_says_how_its_task_did),
          CASE(a_status_is_written_as_it_is_read), CASE(carriage_return_before_the_newline_is_dropped),
          CASE(format_writes_the_line_that_parse_reads), CASE(format_keeps_every_value_on_one_line),
          CASE(format_refuses_what_could_not_be_read_back), CASE(reader_numbers_bad_lines_and_goes_on),
          CASE(last_line_without_newline_counts_when_it_parses),
          CASE(reader_passes_over_endless_lines_and_counts_each_once),
          CASE(endless_last_line_without_newline_is_one_bad_line), CASE(reader_keeps_lines_that_cross_its_buffer),
          CASE(reader_stops_where_the_caller_says), CASE(reader_gives_the_error_of_a_bad_descriptor),
          CASE(reader_starts_at_the_beginning_every_time),
          CASE(reader_stops_at_its_room_between_two_lines_and_says_what_is_left),
          CASE(a_file_of_any_length_is_read_up_to_its_room),
          CASE(marks_have_room_within_what_a_run_may_record_and_a_limit_of_their_own))
