/* SPDX-License-Identifier: MIT */
#include "base/wipe.h"

#include "test.h"

TEST(wiping_frees_and_forgets)
{
    char *secret = strdup("secret");
    wipe_text(&secret);
    CHECK(secret == NULL);
    wipe_text(&secret);
    char bytes[4] = "key";
    wipe(bytes, sizeof bytes);
    CHECK(!memcmp(bytes, "\0\0\0", 4));
    wipe(NULL, 0);
}

TEST_MAIN(CASE(wiping_frees_and_forgets))
