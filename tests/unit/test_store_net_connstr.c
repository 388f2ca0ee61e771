/* SPDX-License-Identifier: MIT */
#include "store/net/connstr.h"

#include <errno.h>

#include "test.h"

#define auto_connstr __attribute__((cleanup(connstr_release))) struct connstr

/* The parse fails, and says why with `word` in it. */
static void check_refused(const char *text, const char *word)
{
    auto_connstr c = {0};
    auto_buf why = BUF_EMPTY;
    CHECK(connstr_parse(text, &c, &why) == -EINVAL);
    CHECK(strstr(buf_text(&why), word) != NULL);
    CHECK(!strstr(buf_text(&why), "c2VjcmV0") && !strstr(buf_text(&why), "sig"));
}

static void check_endpoint(const char *text, const char *want)
{
    auto_connstr c = {0};
    auto_buf why = BUF_EMPTY;
    CHECK(connstr_parse(text, &c, &why) == 0);
    CHECK_STR(c.endpoint, want);
}

TEST(portal_string_gives_the_account_in_the_cloud)
{
    auto_connstr c = {0};
    auto_buf why = BUF_EMPTY;
    CHECK(connstr_parse("DefaultEndpointsProtocol=https;AccountName=acct1;AccountKey=c2VjcmV0==;"
                        "EndpointSuffix=core.windows.net",
                        &c, &why) == 0);
    CHECK_STR(c.account, "acct1");
    CHECK_STR(c.key, "c2VjcmV0==");
    CHECK(c.sas == NULL);
    CHECK_STR(c.endpoint, "https://acct1.blob.core.windows.net");
}

TEST(field_names_have_no_case_and_blanks_around_do_not_count)
{
    check_endpoint(" accountNAME=acct1 ;;ACCOUNTKEY=a2V5\n; ", "https://acct1.blob.core.windows.net");
}

TEST(suffix_and_protocol_shape_the_endpoint)
{
    check_endpoint("DefaultEndpointsProtocol=HTTP;AccountName=acct1;AccountKey=a2V5;EndpointSuffix=localhost:4711",
                   "http://acct1.blob.localhost:4711");
}

TEST(endpoint_given_wins_and_loses_its_slash)
{
    check_endpoint("AccountName=a1;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:1/a1/;EndpointSuffix=x",
                   "http://127.0.0.1:1/a1");
}

TEST(unknown_fields_are_ignored)
{
    check_endpoint("AccountName=a1;AccountKey=a2V5;QueueEndpoint=http://q;Whatever=",
                   "https://a1.blob.core.windows.net");
}

TEST(emulator_is_the_public_account)
{
    auto_connstr c = {0};
    auto_buf why = BUF_EMPTY;
    CHECK(connstr_parse("UseDevelopmentStorage=true", &c, &why) == 0);
    CHECK_STR(c.account, "devstoreaccount1");
    CHECK_STR(c.endpoint, "http://127.0.0.1:10000/devstoreaccount1");
    CHECK(!strncmp(c.key, "Eby8vdM02xNOcqFl", 16));
}

/* As the official Java and .NET clients read it; a port is taken when one is given. */
TEST(emulator_may_be_elsewhere)
{
    check_endpoint("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://ipv4.fiddler",
                   "http://ipv4.fiddler:10000/devstoreaccount1");
    check_endpoint("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://azurite:4711/",
                   "http://azurite:4711/devstoreaccount1");
    check_endpoint("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://[::1]",
                   "http://[::1]:10000/devstoreaccount1");
    check_refused("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=azurite", "DevelopmentStorageProxyUri");
    check_refused("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://h/path", "behind the host");
    check_refused("UseDevelopmentStorage=false", "UseDevelopmentStorage");
}

TEST(sas_is_kept_without_its_question_mark)
{
    auto_connstr c = {0};
    auto_buf why = BUF_EMPTY;
    CHECK(connstr_parse("BlobEndpoint=https://acct1.blob.core.windows.net/;"
                        "SharedAccessSignature=?sv=2021-12-02&sig=a%2Bb=",
                        &c, &why) == 0);
    CHECK_STR(c.sas, "sv=2021-12-02&sig=a%2Bb=");
    CHECK_STR(c.account, "acct1");
    CHECK(c.key == NULL);
}

TEST(sas_on_a_path_endpoint_names_the_account)
{
    auto_connstr c = {0};
    auto_buf why = BUF_EMPTY;
    CHECK(connstr_parse("BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;SharedAccessSignature=sv=1", &c, &why) == 0);
    CHECK_STR(c.account, "devstoreaccount1");
}

TEST(key_wins_over_sas)
{
    auto_connstr c = {0};
    auto_buf why = BUF_EMPTY;
    CHECK(connstr_parse("AccountName=a1;AccountKey=a2V5;SharedAccessSignature=sv=1", &c, &why) == 0);
    CHECK_STR(c.key, "a2V5");
    CHECK(c.sas == NULL);
}

TEST(faults_name_the_field_and_no_secret)
{
    check_refused("", "AccountName");
    check_refused("c2VjcmV0c2VjcmV0", "has no '='");
    check_refused("AccountKey=c2VjcmV0", "AccountName");
    check_refused("AccountName=a1", "AccountKey");
    check_refused("AccountName=a1;AccountKey=", "AccountKey");
    check_refused("AccountName=;AccountKey=c2VjcmV0", "AccountName");
    check_refused("AccountName=a/b;AccountKey=c2VjcmV0", "AccountName");
    check_refused("AccountName=a1;AccountName=a1;AccountKey=c2VjcmV0", "twice");
    check_refused("AccountName=a1;AccountKey=c2VjcmV0;DefaultEndpointsProtocol=ftp", "DefaultEndpointsProtocol");
    check_refused("AccountName=a1;AccountKey=c2VjcmV0;EndpointSuffix=a/b", "EndpointSuffix");
    check_refused("AccountName=a1;AccountKey=c2VjcmV0;EndpointSuffix=.x", "EndpointSuffix");
    check_refused("AccountName=a1;AccountKey=c2VjcmV0;BlobEndpoint=a1.blob.core.windows.net", "BlobEndpoint");
    check_refused("AccountName=a1;AccountKey=c2VjcmV0;BlobEndpoint=https:///x", "names no host");
    check_refused("AccountName=a1;AccountKey=c2VjcmV0;BlobEndpoint=https://h/?sv=1&sig=c2VjcmV0", "query");
    check_refused("AccountName=a1;AccountKey=c2VjcmV0;BlobEndpoint=https://u@h", "BlobEndpoint");
    check_refused("AccountName=a1;SharedAccessSignature=sig c2VjcmV0", "SharedAccessSignature");
    check_refused("BlobEndpoint=https://h;AccountKey=c2VjcmV0", "AccountName");
}

TEST(overlong_string_is_refused)
{
    static char text[70000];
    memset(text, 'a', sizeof text - 1);
    check_refused(text, "64 KiB");
}

TEST(account_and_key_do_without_a_string)
{
    auto_connstr c = {0}, with_sas = {0};
    auto_buf why = BUF_EMPTY;
    CHECK(connstr_for_account("acct1", "a2V5", NULL, &c, &why) == 0);
    CHECK_STR(c.endpoint, "https://acct1.blob.core.windows.net");
    CHECK_STR(c.key, "a2V5");
    CHECK(connstr_for_account("acct1", NULL, "?sv=1", &with_sas, &why) == 0);
    CHECK_STR(with_sas.sas, "sv=1");
}

TEST(empty_fields_count_as_not_given)
{
    check_endpoint("DefaultEndpointsProtocol=;AccountName=a1;AccountKey=a2V5;BlobEndpoint=;EndpointSuffix= ;"
                   "SharedAccessSignature=;UseDevelopmentStorage=;DevelopmentStorageProxyUri=",
                   "https://a1.blob.core.windows.net");
    check_endpoint("AccountName=;BlobEndpoint=https://a1.blob.core.windows.net;AccountKey=;SharedAccessSignature=sv=1",
                   "https://a1.blob.core.windows.net");
    check_endpoint("AccountName= a1\n;AccountKey=\ta2V5\r\n;BlobEndpoint= https://h/a1 ", "https://h/a1");
}

TEST(blanks_around_an_account_s_parts_do_not_count)
{
    auto_connstr c = {0}, with_sas = {0};
    auto_buf why = BUF_EMPTY;
    CHECK(connstr_for_account("acct1\n", " a2V5\r\n", NULL, &c, &why) == 0);
    CHECK_STR(c.account, "acct1");
    CHECK_STR(c.key, "a2V5");
    CHECK(connstr_for_account("acct1", NULL, "\n?sv=1\n", &with_sas, &why) == 0);
    CHECK_STR(with_sas.sas, "sv=1");
}

static void check_container(const char *fields, const char *endpoint, const char *left, const char *container)
{
    auto_connstr c = {0};
    auto_buf why = BUF_EMPTY, text = BUF_EMPTY;
    buf_printf(&text, "%s;BlobEndpoint=%s;SharedAccessSignature=sv=1", fields, endpoint);
    CHECK(connstr_parse(buf_text(&text), &c, &why) == 0);
    CHECK_STR(c.endpoint, left);
    CHECK_STR(c.container ? c.container : "", container);
    CHECK_STR(c.account, "acct1");
}

TEST(a_container_behind_the_endpoint_is_no_part_of_it)
{
    const char *named = "AccountName=acct1", *unnamed = "";
    check_container(unnamed, "https://acct1.blob.core.windows.net/builds/", "https://acct1.blob.core.windows.net",
                    "builds");
    check_container(named, "https://acct1.blob.core.windows.net/$web", "https://acct1.blob.core.windows.net", "$web");
    check_container(unnamed, "http://127.0.0.1:1/acct1/builds", "http://127.0.0.1:1/acct1", "builds");
    check_container(named, "http://[::1]:1/acct1/builds", "http://[::1]:1/acct1", "builds");
    check_container(named, "https://gateway/azure/acct1/builds", "https://gateway/azure/acct1", "builds");
    check_container(named, "https://gateway/azure/acct1", "https://gateway/azure/acct1", "");
    check_container(named, "https://gateway/azure", "https://gateway/azure", "");
    check_container(unnamed, "http://127.0.0.1:1/acct1", "http://127.0.0.1:1/acct1", "");
    check_container(unnamed, "https://acct1.blob.core.windows.net", "https://acct1.blob.core.windows.net", "");
}

TEST_MAIN(CASE(empty_fields_count_as_not_given), CASE(blanks_around_an_account_s_parts_do_not_count),
          CASE(a_container_behind_the_endpoint_is_no_part_of_it), CASE(portal_string_gives_the_account_in_the_cloud),
          CASE(field_names_have_no_case_and_blanks_around_do_not_count), CASE(suffix_and_protocol_shape_the_endpoint),
          CASE(endpoint_given_wins_and_loses_its_slash), CASE(unknown_fields_are_ignored),
          CASE(emulator_is_the_public_account), CASE(emulator_may_be_elsewhere),
          CASE(sas_is_kept_without_its_question_mark), CASE(sas_on_a_path_endpoint_names_the_account),
          CASE(key_wins_over_sas), CASE(faults_name_the_field_and_no_secret), CASE(overlong_string_is_refused),
          CASE(account_and_key_do_without_a_string))
