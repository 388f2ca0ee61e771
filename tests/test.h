/* SPDX-License-Identifier: MIT */
/* The whole unit-test harness: one behaviour per TEST, named as a claim; the first failed CHECK ends the test.
 * A program of TESTs ends with TEST_MAIN(a, b, …); it prints TAP, which the suite counts. */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool test_failed;

#define CHECK(cond)                                             \
    do {                                                        \
        if (!(cond)) {                                          \
            printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond); \
            test_failed = true;                                 \
            return;                                             \
        }                                                       \
    } while (0)

#define CHECK_STR(got, want)                                                                                      \
    do {                                                                                                          \
        const char *got_ = (got), *want_ = (want);                                                                \
        if (!got_ || strcmp(got_, want_)) {                                                                       \
            printf("# %s:%d: %s is \"%s\", not \"%s\"\n", __FILE__, __LINE__, #got, got_ ? got_ : "NULL", want_); \
            test_failed = true;                                                                                   \
            return;                                                                                               \
        }                                                                                                         \
    } while (0)

#define TEST(name) static void name(void)

struct test_case {
    const char *name;
    void (*body)(void);
};

static inline int test_run(const struct test_case *cases, size_t len)
{
    int failed = 0;
    printf("1..%zu\n", len);
    for (size_t i = 0; i < len; i++) {
        test_failed = false;
        cases[i].body();
        printf("%sok %zu - %s\n", test_failed ? "not " : "", i + 1, cases[i].name);
        fflush(stdout);
        failed += test_failed;
    }
    return failed != 0;
}

/* TEST_MAIN({"claim", claim}, …) */
#define CASE(fn) \
    {            \
#fn, fn  \
    }
#define TEST_MAIN(...)                                          \
    int main(void)                                              \
    {                                                           \
        static const struct test_case cases[] = {__VA_ARGS__};  \
        return test_run(cases, sizeof cases / sizeof cases[0]); \
    }

#endif
