/* SPDX-License-Identifier: MIT */
#include "store/net/body_digest.h"

#include <errno.h>
#include <stdlib.h>

#include "base/own.h"
#include "test.h"

TEST(reading_past_the_stated_size_is_refused)
{
    struct store_body body = {.data = "0123456789", .fd = -1, .size = 10};
    auto_digest *md5 = sign_digest_new();
    CHECK(body_digest(&body, 8, 3, (struct sign_digest *[]){md5, NULL}) == -ENODATA);
}

/* More than one chunk; the sum is md5sum's of 200,000 times 'x'. */
TEST(digests_take_the_same_bytes)
{
    auto_free char *bytes = malloc(200000);
    char text[SIGN_TEXT];
    CHECK(bytes != NULL);
    memset(bytes, 'x', 200000);
    struct store_body body = {.data = bytes, .fd = -1, .size = 200000};
    auto_digest *one = sign_digest_new(), *other = sign_digest_new();
    CHECK(body_digest(&body, 0, 200000, (struct sign_digest *[]){one, other, NULL}) == 0);
    CHECK(sign_digest_end(one, text) == 0);
    CHECK_STR(text, "S5gUZwXUsLmLdYp4/2+3Pw==");
    CHECK(sign_digest_end(other, text) == 0);
    CHECK_STR(text, "S5gUZwXUsLmLdYp4/2+3Pw==");
}

TEST_MAIN(CASE(reading_past_the_stated_size_is_refused), CASE(digests_take_the_same_bytes))
