/* SPDX-License-Identifier: MIT */
#include "export/gzip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/own.h"
#include "test.h"

/* What the line callback has seen. */
struct seen {
    struct buf text;
    int lines;
    int stop_at; /* the callback fails at this line; 0 = never */
};

static int see(void *ctx, const char *line, size_t len)
{
    struct seen *seen = ctx;
    if (++seen->lines == seen->stop_at)
        return -ECANCELED;
    buf_add(&seen->text, line, len);
    return 0;
}

static void seen_release(struct seen *seen)
{
    buf_release(&seen->text);
}

#define auto_seen __attribute__((cleanup(seen_release))) struct seen

/* Append `len` bytes as one gzip member. */
static int compress_into(struct buf *out, const char *text, size_t len)
{
    auto_fd fd = memfd_create("gzip", MFD_CLOEXEC);
    struct gzip *gz = NULL;
    uint64_t written = 0;
    size_t before = out->len;
    int err = gzip_new(fd, &gz);
    for (size_t at = 0; !err && at < len; at += 1000)
        err = gzip_write(gz, text + at, MIN(len - at, (size_t)1000));
    if (!err)
        err = gzip_finish(gz, &written);
    gzip_free(gz);
    if (err || lseek(fd, 0, SEEK_SET))
        return -1;
    err = file_read_fd(fd, 1 << 26, out);
    return err ? err : written == out->len - before ? 0 : -1;
}

/* Decompress in pieces of `step` bytes. */
static int decompress(const struct buf *in, size_t step, struct seen *seen)
{
    struct gunzip *gz = NULL;
    int err = gunzip_new(see, seen, &gz);
    for (size_t at = 0; !err && at < in->len; at += step)
        err = gunzip_feed(gz, in->data + at, MIN(in->len - at, step));
    if (!err)
        err = gunzip_finish(gz);
    gunzip_free(gz);
    return err;
}

static void sample(struct buf *out)
{
    for (int i = 0; i < 20000; i++)
        buf_printf(out, "line %d of some text %d\n", i, i * 7919 % 1000);
}

TEST(text_survives_in_pieces_of_any_size)
{
    auto_buf plain = BUF_EMPTY, packed = BUF_EMPTY;
    const size_t steps[] = {1, 7, 4096, 1 << 20};
    sample(&plain);
    CHECK(!compress_into(&packed, plain.data, plain.len));
    CHECK(packed.len < plain.len / 3);
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        auto_seen seen = {0};
        CHECK(!decompress(&packed, steps[i], &seen));
        CHECK(seen.lines == 20000);
        CHECK_STR(buf_text(&seen.text), plain.data);
    }
}

TEST(the_same_text_gives_the_same_bytes)
{
    auto_buf one = BUF_EMPTY, two = BUF_EMPTY;
    CHECK(!compress_into(&one, "abc\n", 4) && !compress_into(&two, "abc\n", 4));
    CHECK(one.len == two.len && !memcmp(one.data, two.data, one.len));
}

TEST(the_gzip_program_reads_what_we_write)
{
    auto_buf plain = BUF_EMPTY, packed = BUF_EMPTY, back = BUF_EMPTY;
    char path[] = "/tmp/dtrack-gzip-XXXXXX", command[64];
    auto_fd fd = mkstemp(path);
    sample(&plain);
    CHECK(fd >= 0 && !compress_into(&packed, plain.data, plain.len));
    CHECK(!file_write_all(fd, packed.data, packed.len));
    snprintf(command, sizeof command, "gzip -dc < %s", path);
    FILE *pipe = popen(command, "r");
    CHECK(pipe);
    int err = file_read_fd(fileno(pipe), 1 << 26, &back);
    CHECK(pclose(pipe) == 0 && !err);
    unlink(path);
    CHECK_STR(buf_text(&back), plain.data);
}

TEST(members_that_follow_one_another_are_one_text)
{
    auto_buf packed = BUF_EMPTY;
    const size_t steps[] = {1, 3, 1000};
    CHECK(!compress_into(&packed, "one\ntw", 6));
    CHECK(!compress_into(&packed, "", 0));
    CHECK(!compress_into(&packed, "o\nthree\n", 8));
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        auto_seen seen = {0};
        CHECK(!decompress(&packed, steps[i], &seen));
        CHECK(seen.lines == 3);
        CHECK_STR(buf_text(&seen.text), "one\ntwo\nthree\n");
    }
}

TEST(a_last_line_without_newline_is_handed_out)
{
    auto_buf packed = BUF_EMPTY;
    auto_seen seen = {0};
    CHECK(!compress_into(&packed, "a\nb", 3));
    CHECK(!decompress(&packed, 5, &seen));
    CHECK(seen.lines == 2);
    CHECK_STR(buf_text(&seen.text), "a\nb");
}

TEST(every_cut_is_noticed)
{
    auto_buf packed = BUF_EMPTY;
    CHECK(!compress_into(&packed, "some\nlines\n", 11));
    for (size_t len = 0; len < packed.len; len++) {
        auto_seen seen = {0};
        struct buf cut = {.data = packed.data, .len = len};
        CHECK(decompress(&cut, 4, &seen) == -EBADMSG);
    }
}

TEST(damage_is_noticed)
{
    auto_buf plain = BUF_EMPTY, packed = BUF_EMPTY;
    sample(&plain);
    CHECK(!compress_into(&packed, plain.data, plain.len));
    /* the header's time, flags and system bytes are free to change; everything behind it is not */
    for (size_t at = 10; at < packed.len; at += packed.len / 50) {
        auto_seen seen = {0};
        packed.data[at] ^= 0x10;
        CHECK(decompress(&packed, 8192, &seen) == -EBADMSG);
        packed.data[at] ^= 0x10;
    }
}

TEST(what_is_not_gzip_is_refused)
{
    auto_buf packed = BUF_EMPTY;
    auto_seen seen = {0};
    buf_str(&packed, "{\"run_id\":\"plain text\"}\n");
    CHECK(decompress(&packed, 100, &seen) == -EBADMSG);
    buf_clear(&packed);
    CHECK(!compress_into(&packed, "a\n", 2));
    buf_str(&packed, "rubbish behind it");
    CHECK(decompress(&packed, 100, &seen) == -EBADMSG);
}

TEST(the_callback_can_stop_the_stream)
{
    auto_buf packed = BUF_EMPTY;
    auto_seen seen = {.stop_at = 2};
    CHECK(!compress_into(&packed, "1\n2\n3\n", 6));
    CHECK(decompress(&packed, 100, &seen) == -ECANCELED);
    CHECK(seen.lines == 2);
    CHECK_STR(buf_text(&seen.text), "1\n");
}

TEST(a_line_without_end_is_damage)
{
    auto_buf packed = BUF_EMPTY;
    auto_seen seen = {0};
    size_t len = GUNZIP_LINE_MAX + 100;
    char *zeros = calloc(1, len);
    CHECK(zeros && !compress_into(&packed, zeros, len));
    free(zeros);
    CHECK(decompress(&packed, 1000, &seen) == -EMSGSIZE);
}

TEST(a_failed_write_is_reported_and_sticks)
{
    auto_fd full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    struct gzip *gz = NULL;
    CHECK(full >= 0 && !gzip_new(full, &gz));
    int err = gzip_finish(gz, NULL), again = gzip_write(gz, "x", 1);
    gzip_free(gz);
    CHECK(err == -ENOSPC && again == -ENOSPC);
}

TEST_MAIN(CASE(text_survives_in_pieces_of_any_size), CASE(the_same_text_gives_the_same_bytes),
          CASE(the_gzip_program_reads_what_we_write), CASE(members_that_follow_one_another_are_one_text),
          CASE(a_last_line_without_newline_is_handed_out), CASE(every_cut_is_noticed), CASE(damage_is_noticed),
          CASE(what_is_not_gzip_is_refused), CASE(the_callback_can_stop_the_stream), CASE(a_line_without_end_is_damage),
          CASE(a_failed_write_is_reported_and_sticks))
