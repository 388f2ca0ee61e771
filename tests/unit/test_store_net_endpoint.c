/* SPDX-License-Identifier: MIT */
#include "store/net/endpoint.h"

#include "test.h"

TEST(ordinary_endpoints_are_fine)
{
    static const char *const fine[] = {"https://acct1.blob.core.windows.net", "http://127.0.0.1:10000/devstoreaccount1",
                                       "http://[::1]:10000/a", "HTTPS://h/", "http://azurite:1//a%20b/c_d.e~f-g"};
    for (size_t i = 0; i < ARRAY_LEN(fine); i++)
        CHECK(endpoint_fault(fine[i]) == NULL);
}

TEST(odd_endpoints_are_not)
{
    static const char *const odd[] = {"",
                                      "acct1.blob.core.windows.net",
                                      "ftp://h",
                                      "http:/h",
                                      "http://",
                                      "http:///p",
                                      "http://:80",
                                      "http://h:",
                                      "http://h:x",
                                      "http://h:123456",
                                      "http://h:1:2",
                                      "http://u@h",
                                      "http://h/a?b",
                                      "http://h/a#b",
                                      "http://h/a b",
                                      "http://h/a:b",
                                      "http://[::1",
                                      "http://[]",
                                      "http://[x]",
                                      "http://h\n"};
    for (size_t i = 0; i < ARRAY_LEN(odd); i++)
        CHECK(endpoint_fault(odd[i]) != NULL);
}

TEST(host_and_port_are_found)
{
    CHECK_STR(endpoint_host("https://h:1/p"), "h:1/p");
    CHECK(endpoint_has_port("https://h:1/p"));
    CHECK(endpoint_has_port("http://[::1]:1"));
    CHECK(!endpoint_has_port("http://[::1]"));
    CHECK(!endpoint_has_port("http://h/p"));
}

TEST(sets_are_exact)
{
    CHECK(is_made_of("", "ab"));
    CHECK(is_made_of("abba", "ab"));
    CHECK(!is_made_of("abc", "ab"));
    CHECK(!is_made_of("a b", ALPHANUMERIC));
}

TEST(clear_text_to_another_host_is_exposed)
{
    static const char *const exposed[] = {"http://h",
                                          "HTTP://acct1.blob.core.windows.net",
                                          "http://azurite:10000/a",
                                          "http://notlocalhost",
                                          "http://localhost.example",
                                          "http://10.0.0.1:80/",
                                          "http://127.example.org",
                                          "http://[fe80::1]/",
                                          "http://127.0.0.1.evil.org"};
    static const char *const fine[] = {"https://h",
                                       "HTTPS://h",
                                       "http://127.0.0.1:1/a",
                                       "http://127.9.9.9",
                                       "http://localhost",
                                       "http://LOCALHOST:80/",
                                       "http://a1.blob.localhost:1",
                                       "http://[::1]:80"};
    for (size_t i = 0; i < ARRAY_LEN(exposed); i++)
        CHECK(endpoint_is_exposed(exposed[i]));
    for (size_t i = 0; i < ARRAY_LEN(fine); i++)
        CHECK(!endpoint_is_exposed(fine[i]));
}

TEST_MAIN(CASE(ordinary_endpoints_are_fine), CASE(odd_endpoints_are_not), CASE(host_and_port_are_found),
          CASE(sets_are_exact), CASE(clear_text_to_another_host_is_exposed))
