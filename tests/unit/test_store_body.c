/* SPDX-License-Identifier: MIT */
#include "store/body.h"

#include <errno.h>
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
}

TEST_MAIN(CASE(memory_is_read_from_any_offset), CASE(file_is_read_from_its_start_wherever_it_stands),
          CASE(reading_past_the_stated_size_is_refused), CASE(file_shorter_than_stated_is_noticed))
