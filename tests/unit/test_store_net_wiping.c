/* SPDX-License-Identifier: MIT */
#include "store/net/wiping.h"

#include <stdlib.h>

#include "test.h"

TEST(content_moves_along)
{
    char *text = wiping_realloc(NULL, 6);
    CHECK(text != NULL);
    memcpy(text, "hello", 6);
    text = wiping_realloc(text, 100000);
    CHECK_STR(text, "hello");
    text = wiping_realloc(text, 3);
    CHECK(text && !memcmp(text, "hel", 3));
    wiping_free(text);
    wiping_free(strdup("from elsewhere"));
    wiping_free(NULL);
}

TEST(no_bytes_are_still_a_block)
{
    void *block = wiping_realloc(NULL, 0);
    CHECK(block != NULL);
    wiping_free(block);
}

TEST_MAIN(CASE(content_moves_along), CASE(no_bytes_are_still_a_block))
