/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <errno.h>
#include <stdlib.h>

#include "test.h"

TEST(appends_grow_and_stay_terminated)
{
    auto_buf b = BUF_EMPTY;
    for (int i = 0; i < 1000; i++)
        buf_printf(&b, "%03d,", i);
    CHECK(buf_error(&b) == 0);
    CHECK(b.len == 4000);
    CHECK(strlen(buf_text(&b)) == 4000);
    CHECK(!strncmp(b.data + 3996, "999,", 4));
}

TEST(limit_refuses_whole_writes_and_sticks)
{
    auto_buf b = {.limit = 8};
    buf_str(&b, "12345678");
    CHECK(buf_error(&b) == 0);
    buf_char(&b, '9');
    CHECK(buf_error(&b) == -EFBIG);
    CHECK_STR(buf_text(&b), "12345678");
    buf_clear(&b);
    buf_str(&b, "ok");
    CHECK(buf_error(&b) == 0);
    CHECK_STR(buf_text(&b), "ok");
}

TEST(take_moves_the_text_out)
{
    auto_buf b = BUF_EMPTY;
    char *empty = buf_take(&b);
    CHECK_STR(empty, "");
    free(empty);
    buf_str(&b, "x");
    char *taken = buf_take(&b);
    CHECK_STR(taken, "x");
    CHECK(b.data == NULL && b.len == 0);
    free(taken);
}

TEST_MAIN(CASE(appends_grow_and_stay_terminated), CASE(limit_refuses_whole_writes_and_sticks),
          CASE(take_moves_the_text_out))
