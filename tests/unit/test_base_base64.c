/* SPDX-License-Identifier: MIT */
#include "base/base64.h"

#include "test.h"

/* The vectors of RFC 4648, section 10. */
static const struct {
    const char *plain, *text;
} vectors[] = {{"", ""},
               {"f", "Zg=="},
               {"fo", "Zm8="},
               {"foo", "Zm9v"},
               {"foob", "Zm9vYg=="},
               {"fooba", "Zm9vYmE="},
               {"foobar", "Zm9vYmFy"}};

TEST(encodes_the_vectors_of_the_rfc)
{
    for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
        auto_buf b = BUF_EMPTY;
        base64_put(&b, vectors[i].plain, strlen(vectors[i].plain));
        CHECK_STR(buf_text(&b), vectors[i].text);
    }
}

TEST(decodes_the_vectors_in_place)
{
    for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
        char text[16];
        strcpy(text, vectors[i].text);
        long len = base64_decode(text, strlen(text), text);
        CHECK(len == (long)strlen(vectors[i].plain));
        CHECK(!memcmp(text, vectors[i].plain, (size_t)len));
    }
}

TEST(every_byte_survives)
{
    unsigned char all[256], back[256];
    auto_buf b = BUF_EMPTY;
    for (int i = 0; i < 256; i++)
        all[i] = (unsigned char)i;
    base64_put(&b, all, sizeof all);
    CHECK(base64_decode(b.data, b.len, back) == 256 && !memcmp(all, back, 256));
}

TEST(other_text_is_refused)
{
    const char *bad[] = {"Zg=", "Zg", "Z===", "====", "Zm 9", "Zm9_", "Z=9v", "Zm9\n"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        char out[8];
        CHECK(base64_decode(bad[i], strlen(bad[i]), out) == -1);
    }
}

TEST_MAIN(CASE(encodes_the_vectors_of_the_rfc), CASE(decodes_the_vectors_in_place), CASE(every_byte_survives),
          CASE(other_text_is_refused))
