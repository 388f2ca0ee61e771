/* SPDX-License-Identifier: MIT */
#include "sys/text.h"

#include <errno.h>
#include <string.h>

#include "test.h"

#define WORDS "HOME=\0HOMEPAGE=\0PATH=\0"

TEST(the_first_word_that_fits_is_taken)
{
    const char *s = "PATH=/bin";
    CHECK(text_take(&s, WORDS) == 3);
    CHECK(strcmp(s, "/bin") == 0);
    s = "HOMEPAGE=x";
    CHECK(text_take(&s, WORDS) == 2 && strcmp(s, "x") == 0);
    s = "HOME=";
    CHECK(text_take(&s, WORDS) == 1 && *s == '\0');
    s = "abc";
    CHECK(text_take(&s, "a\0ab\0") == 1 && strcmp(s, "bc") == 0);
}

TEST(a_text_that_starts_with_no_word_stays)
{
    static const char *const texts[] = {"", "HOM", "HOME", "home=", "XPATH=", "PATHS="};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *s = texts[i];
        CHECK(text_take(&s, WORDS) == 0 && s == texts[i]);
    }
    const char *s = "PATH=";
    CHECK(text_take(&s, "") == 0 && strcmp(s, "PATH=") == 0);
}

TEST(what_does_not_fit_is_an_error_and_never_half_a_word)
{
    char out[8];
    CHECK(text_join(out, sizeof out, "ab", "cd", "efg") == 0);
    CHECK(strcmp(out, "abcdefg") == 0);
    CHECK(text_join(out, sizeof out, "ab", "cd", "efgh") == -ENAMETOOLONG);
    CHECK(strcmp(out, "abcd") == 0);
    CHECK(text_join(out, sizeof out, "", "", "") == 0 && *out == '\0');
}

TEST(numbers_are_read_as_they_were_written)
{
    char out[64];
    struct text t = text_into(out, sizeof out);
    text_num(&t, 0, 10, 0);
    text_num(&t, 42, 10, 5);
    text_str(&t, ".");
    text_num(&t, UINT64_MAX, 16, 0);
    CHECK(!t.cut && strcmp(out, "000042.ffffffffffffffff") == 0);
    const char *s = out;
    CHECK(text_read_num(&s, 10) == 42 && *s == '.');
    s++;
    CHECK(text_read_num(&s, 16) == UINT64_MAX && *s == '\0');
    CHECK(text_read_num(&s, 10) == 0 && *s == '\0');
}

TEST_MAIN(CASE(the_first_word_that_fits_is_taken), CASE(a_text_that_starts_with_no_word_stays),
          CASE(what_does_not_fit_is_an_error_and_never_half_a_word), CASE(numbers_are_read_as_they_were_written))
