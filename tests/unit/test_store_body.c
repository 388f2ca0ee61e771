/* SPDX-License-Identifier: MIT */
#include "store/body.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/own.h"
#include "test.h"

/* A deleted file that holds `text`. */
static int file_of(const char *text)
{
    FILE *file = tmpfile();
    int fd = dup(fileno(file));
    fclose(file);
    return write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? fd : -1;
}

TEST(memory_is_read_from_any_offset)
{
    struct store_body body = {.data = "0123456789", .fd = -1, .size = 10};
    char piece[4] = "";
    CHECK(body_read(&body, 7, piece, 3) == 0);
    CHECK_STR(piece, "789");
    CHECK(body_read(&body, 10, piece, 0) == 0);
}

TEST(file_is_read_from_its_start_wherever_it_stands)
{
    auto_fd fd = file_of("0123456789");
    struct store_body body = {.fd = fd, .size = 10};
    char piece[4] = "";
    CHECK(body_read(&body, 0, piece, 3) == 0);
    CHECK_STR(piece, "012");
    CHECK(lseek(fd, 0, SEEK_CUR) == 10);
}

TEST(reading_past_the_stated_size_is_refused)
{
    struct store_body body = {.data = "0123456789", .fd = -1, .size = 10};
    char piece[12];
    CHECK(body_read(&body, 8, piece, 3) == -ENODATA);
    CHECK(body_read(&body, 11, piece, 0) == -ENODATA);
}

TEST(file_shorter_than_stated_is_noticed)
{
    auto_fd fd = file_of("01234");
    struct store_body body = {.fd = fd, .size = 10};
    char piece[10];
    CHECK(body_read(&body, 0, piece, 10) == -ENODATA);
    auto_digest *md5 = sign_digest_new(SIGN_MD5);
    CHECK(body_digest(&body, 0, 10, (struct sign_digest *[]){md5, NULL}) == -ENODATA);
}

/* More than one chunk; the sums are md5sum's and sha256sum's of 200,000 times 'x'. */
TEST(digests_take_the_same_bytes)
{
    auto_free char *bytes = malloc(200000);
    char text[SIGN_TEXT];
    CHECK(bytes != NULL);
    memset(bytes, 'x', 200000);
    struct store_body body = {.data = bytes, .fd = -1, .size = 200000};
    auto_digest *md5 = sign_digest_new(SIGN_MD5), *sha256 = sign_digest_new(SIGN_SHA256);
    CHECK(body_digest(&body, 0, 200000, (struct sign_digest *[]){md5, sha256, NULL}) == 0);
    CHECK(sign_digest_end(md5, text) == 0);
    CHECK_STR(text, "S5gUZwXUsLmLdYp4/2+3Pw==");
    CHECK(sign_digest_end(sha256, text) == 0);
    CHECK_STR(text, "keP6r9MivN8WDz8M6IassJK5ueKh6FJrQPIaiJiocAs=");
}

TEST_MAIN(CASE(memory_is_read_from_any_offset), CASE(file_is_read_from_its_start_wherever_it_stands),
          CASE(reading_past_the_stated_size_is_refused), CASE(file_shorter_than_stated_is_noticed),
          CASE(digests_take_the_same_bytes))
