/* SPDX-License-Identifier: MIT */
#include "spool/lead_stores.h"

#include <string.h>

#include "test.h"

static const char *put(char out[200], const char *url)
{
    struct text t = text_into(out, 200);
    lead_stores_put(&t, url, strlen(url));
    return t.cut ? "(cut)" : out;
}

TEST(a_url_goes_without_user_query_and_fragment)
{
    char out[200];
    CHECK_STR(put(out, "https://h/c?sig=hidden"), "https://h/c");
    CHECK_STR(put(out, "https://me:pass@h:1/c@d#x"), "https://h:1/c@d");
    CHECK_STR(put(out, "file:///a@b/c"), "file:///a@b/c");
    CHECK_STR(put(out, "s3://b?x@y/z"), "s3://b");
    CHECK_STR(put(out, "null:"), "null:");
    CHECK_STR(put(out, "://"), "://");
}

TEST(what_is_no_url_may_be_a_connection_string)
{
    char out[200], words[100];
    CHECK(!strstr(put(out, "AccountName=a;AccountKey=c2VjcmV0c2VjcmV0c2VjcmV0;x=y"), "c2Vjcm"));
    CHECK(strstr(out, "AccountName=a"));
    memset(words, 'a', sizeof words - 1);
    words[sizeof words - 1] = '\0';
    CHECK_STR(put(out, words), "(cut)");
}

TEST(the_header_of_a_run_gets_its_stores_without_secrets)
{
    struct spool_header header = {0};
    lead_stores_note(&header, " null:\t https://h/c?sig=hidden\n");
    CHECK(header.stores_known);
    CHECK_STR(header.stores, "null: https://h/c");
}

TEST(no_store_is_the_default_one)
{
    struct spool_header header = {0};
    lead_stores_note(&header, NULL);
    CHECK(header.stores_known);
    CHECK_STR(header.stores, "");
}

TEST(stores_that_do_not_fit_are_not_known)
{
    struct spool_header header = {0};
    char list[2000];
    memset(list, 'a', sizeof list - 1);
    memcpy(list, "s3://", 5);
    list[sizeof list - 1] = '\0';
    lead_stores_note(&header, list);
    CHECK(!header.stores_known);
}

TEST_MAIN(CASE(a_url_goes_without_user_query_and_fragment), CASE(what_is_no_url_may_be_a_connection_string),
          CASE(the_header_of_a_run_gets_its_stores_without_secrets), CASE(no_store_is_the_default_one),
          CASE(stores_that_do_not_fit_are_not_known))
