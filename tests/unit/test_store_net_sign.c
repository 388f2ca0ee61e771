/* SPDX-License-Identifier: MIT */
/* Expected values: RFC 4231 case 2 for the signature, RFC 1321 and FIPS 180 for the digests. */
#include "store/net/sign.h"

#include <errno.h>
#include <stdlib.h>

#include "test.h"

TEST(key_decodes_with_any_padding)
{
    struct sign_key key;
    CHECK(sign_key_decode("SmVmZQ==", &key) == 0);
    CHECK(key.len == 4 && !memcmp(key.bytes, "Jefe", 4));
    CHECK(sign_key_decode("SmVmZUE=", &key) == 0);
    CHECK(key.len == 5);
    CHECK(sign_key_decode("SmVmZUFB", &key) == 0);
    CHECK(key.len == 6);
}

TEST(key_that_is_not_base64_is_refused)
{
    static const char *const bad[] = {"",         "=",        "====",       "SmVmZQ=", "SmVmZQ",
                                      "Sm VmZQ=", "SmVm=Q==", "SmVmZQ==\n", "S-VmZQ=="};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct sign_key key;
        CHECK(sign_key_decode(bad[i], &key) == -EINVAL);
    }
}

TEST(key_too_long_for_its_room_is_refused)
{
    struct sign_key key;
    char text[SIGN_KEY_MAX * 2 + 1];
    memset(text, 'A', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    CHECK(sign_key_decode(text, &key) == -EINVAL);
}

TEST(signature_matches_the_rfc)
{
    struct sign_key key;
    char text[SIGN_TEXT];
    static const char data[] = "what do ya want for nothing?";
    CHECK(sign_key_decode("SmVmZQ==", &key) == 0);
    CHECK(sign_hmac(&key, data, strlen(data), text) == 0);
    CHECK_STR(text, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
}

TEST(digest_matches_the_standard)
{
    char text[SIGN_TEXT];
    auto_digest *md5 = sign_digest_new();
    CHECK(md5 != NULL);
    sign_digest_add(md5, "ab", 2);
    sign_digest_add(md5, "c", 1);
    CHECK(sign_digest_end(md5, text) == 0);
    CHECK_STR(text, "kAFQmDzST7DWlj99KOF/cg==");
}

TEST_MAIN(CASE(key_decodes_with_any_padding), CASE(key_that_is_not_base64_is_refused),
          CASE(key_too_long_for_its_room_is_refused), CASE(signature_matches_the_rfc),
          CASE(digest_matches_the_standard))
