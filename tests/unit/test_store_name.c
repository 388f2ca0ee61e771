/* SPDX-License-Identifier: MIT */
#include "store/name.h"

#include <errno.h>

#include "test.h"

TEST(ordinary_names_are_fit)
{
    static const char *const fit[] = {"a",
                                      "runs/v=1/dt=2026-11-23/run-1.json",
                                      "a b/100%/x+y",
                                      "\xc3\xbc\xe2\x82\xac",
                                      ".hidden/...x",
                                      "a\"b'c<d>&e?f#g"};
    for (size_t i = 0; i < ARRAY_LEN(fit); i++)
        CHECK(name_fault(fit[i]) == NULL);
}

TEST(names_that_lead_elsewhere_are_refused)
{
    static const char *const bad[] = {"",       "/a",    "a/",       "a//b",         ".",    "..",
                                      "a/../b", "a/./b", "a/..",     "a./b",         "a\\b", "a\nb",
                                      "a\x7f",  "\xff",  "\xc0\x80", "\xed\xa0\x80", "a\xc3"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        CHECK(name_fault(bad[i]) != NULL);
}

TEST(long_names_are_refused)
{
    char name[NAME_MAX_BYTES + 2];
    memset(name, 'a', sizeof name - 1);
    name[NAME_MAX_BYTES + 1] = '\0';
    CHECK(name_fault(name) != NULL);
    name[NAME_MAX_BYTES] = '\0';
    CHECK(name_fault(name) == NULL);
}

TEST(encoding_leaves_only_unreserved_bytes)
{
    auto_buf out = BUF_EMPTY;
    name_encode(&out, "a/b c+d=e%\xc3\xbc&?~-_.Z9", "/");
    CHECK_STR(buf_text(&out), "a/b%20c%2Bd%3De%25%C3%BC%26%3F~-_.Z9");
    buf_clear(&out);
    name_encode(&out, "a/b", "");
    CHECK_STR(buf_text(&out), "a%2Fb");
}

TEST(decoding_undoes_encoding)
{
    auto_buf coded = BUF_EMPTY, plain = BUF_EMPTY;
    char all[256];
    for (int i = 1; i < 256; i++)
        all[i - 1] = (char)i;
    all[255] = '\0';
    name_encode(&coded, all, "");
    CHECK(name_decode(&plain, buf_text(&coded), coded.len) == 0);
    CHECK_STR(buf_text(&plain), all);
}

TEST(broken_percent_codes_are_refused)
{
    static const char *const bad[] = {"%", "%4", "a%", "%zz", "%4g", "%%41", "%00"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        auto_buf out = BUF_EMPTY;
        CHECK(name_decode(&out, bad[i], strlen(bad[i])) == -EINVAL);
    }
}

TEST(decoding_stops_at_the_given_length)
{
    auto_buf out = BUF_EMPTY;
    CHECK(name_decode(&out, "ab%41", 2) == 0);
    CHECK_STR(buf_text(&out), "ab");
    CHECK(name_decode(&out, "ab%41", 4) == -EINVAL);
}

TEST_MAIN(CASE(ordinary_names_are_fit), CASE(names_that_lead_elsewhere_are_refused), CASE(long_names_are_refused),
          CASE(encoding_leaves_only_unreserved_bytes), CASE(decoding_undoes_encoding),
          CASE(broken_percent_codes_are_refused), CASE(decoding_stops_at_the_given_length))
