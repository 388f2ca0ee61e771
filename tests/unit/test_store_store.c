/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include <stdlib.h>

#include "base/buf.h"

#include "test.h"

/* Variables of the test at hand: pairs of name and value. */
static const char *const *variables;

static const char *look_up(const char *name)
{
    for (const char *const *v = variables; v && *v; v += 2)
        if (!strcmp(v[0], name))
            return v[1];
    return NULL;
}

static const struct store_config config = {.getenv = look_up};

/* Opening fails, with `word` in the message and nothing of what a credential looks like. */
static void check_refused(const char *url, const char *word)
{
    struct store *store = NULL;
    auto_buf why = BUF_EMPTY;
    CHECK(store_open(&config, url, &store, &why) == STORE_REFUSED);
    CHECK(store == NULL);
    CHECK(strstr(buf_text(&why), word) != NULL);
    CHECK(!strstr(buf_text(&why), "c2VjcmV0"));
}

static void check_label(const char *url, const char *label)
{
    struct store *store = NULL;
    auto_buf why = BUF_EMPTY;
    CHECK(store_open(&config, url, &store, &why) == STORE_OK);
    CHECK_STR(store_label(store), label);
    CHECK_STR(buf_text(&why), "");
    store_close(store);
}

TEST(unknown_urls_are_refused_without_showing_them)
{
    variables = NULL;
    check_refused("", "not a URL");
    check_refused("/var/lib", "not a URL");
    check_refused("ftp://host", "'ftp:'");
    check_refused("AccountKey=c2VjcmV0;BlobEndpoint=http://h", "not a URL");
    check_refused("c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0:", "not a URL");
}

TEST(file_urls_must_be_absolute)
{
    check_label("file:///var/lib/dtrack/", "file:///var/lib/dtrack");
    check_label("file:///a%20b", "file:///a%20b");
    check_refused("file:dir", "absolute");
    check_refused("file://host/dir", "absolute");
    check_refused("file:///a%2", "hex digits");
    check_refused("file:///", "root folder");
}

TEST(azure_needs_a_credential)
{
    variables = NULL;
    check_refused("azure://runs", "AZURE_STORAGE_CONNECTION_STRING");
    variables = (const char *const[]){"AZURE_STORAGE_ACCOUNT", "acct1", NULL};
    check_refused("azure://runs", "AZURE_STORAGE_KEY");
    variables = (const char *const[]){"AZURE_STORAGE_CONNECTION_STRING", "", "AZURE_STORAGE_KEY", "", NULL};
    check_refused("azure://runs", "no credential");
    variables = (const char *const[]){"AZURE_STORAGE_ACCOUNT", "acct1", "AZURE_STORAGE_KEY", "c2VjcmV0!", NULL};
    check_refused("azure://runs", "not base64");
    variables = (const char *const[]){"AZURE_STORAGE_CONNECTION_STRING", "AccountName=a1;AccountKey", NULL};
    check_refused("azure://runs", "no '='");
}

TEST(azure_takes_each_kind_of_credential)
{
    variables = (const char *const[]){"AZURE_STORAGE_ACCOUNT", "acct1", "AZURE_STORAGE_KEY", "c2VjcmV0", NULL};
    check_label("azure://runs", "azure://runs (account acct1)");
    variables = (const char *const[]){"AZURE_STORAGE_ACCOUNT", "acct1", "AZURE_STORAGE_SAS_TOKEN", "sv=1", NULL};
    check_label("azure://runs", "azure://runs (account acct1)");
    variables = (const char *const[]){
        "AZURE_STORAGE_ACCOUNT",      "other", "AZURE_STORAGE_KEY", "bad!", "AZURE_STORAGE_CONNECTION_STRING",
        "UseDevelopmentStorage=true", NULL};
    check_label("azure://runs/a%20b/c/", "azure://runs/a b/c (account devstoreaccount1)");
}

static void connection_is(const char *text)
{
    static const char *pair[3] = {"AZURE_STORAGE_CONNECTION_STRING"};
    pair[1] = text;
    variables = pair;
}

TEST(azure_sends_no_credential_in_clear_text_over_a_network)
{
    connection_is("AccountName=a1;AccountKey=c2VjcmV0;BlobEndpoint=http://store.example:80/a1");
    check_refused("azure://runs", "'http://store.example:80/a1' would be asked without encryption; use https");
    connection_is("BlobEndpoint=http://store.example/a1;SharedAccessSignature=sv=1&sig=c2VjcmV0");
    check_refused("azure://runs", "use https");
    connection_is("DefaultEndpointsProtocol=http;AccountName=a1;AccountKey=c2VjcmV0");
    check_refused("azure://runs", "use https");
    connection_is("AccountName=a1;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:1/a1");
    check_label("azure://runs", "azure://runs (account a1)");
    connection_is("AccountName=a1;AccountKey=c2VjcmV0;BlobEndpoint=https://store.example/a1");
    check_label("azure://runs", "azure://runs (account a1)");
    connection_is("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://azurite"); /* its key is public */
    check_label("azure://runs", "azure://runs (account devstoreaccount1)");
}

TEST(azure_container_follows_the_rules)
{
    variables = (const char *const[]){"AZURE_STORAGE_CONNECTION_STRING", "UseDevelopmentStorage=true", NULL};
    check_refused("azure:runs", "azure://");
    check_refused("azure://", "3 to 63");
    check_refused("azure://ab", "3 to 63");
    check_refused("azure://a234567890123456789012345678901234567890123456789012345678901234", "3 to 63");
    check_refused("azure://Runs", "lower-case");
    check_refused("azure://my_runs", "lower-case");
    check_refused("azure://-runs", "'-'");
    check_refused("azure://runs-", "'-'");
    check_refused("azure://my--runs", "'-'");
    check_refused("azure://runs/../x", "prefix");
    check_refused("azure://runs/a%zz", "hex digits");
    check_refused("azure://runs?sig=c2VjcmV0", "query");
    check_label("azure://my-runs1", "azure://my-runs1 (account devstoreaccount1)");
}

static int none(void *ctx, const struct store_entry *entry)
{
    (void)ctx, (void)entry;
    return -1;
}

TEST(null_takes_all_and_has_nothing)
{
    struct store *store = NULL;
    auto_buf why = BUF_EMPTY, out = BUF_EMPTY;
    struct store_body body = {.data = "x", .fd = -1, .size = 1, .type = "text/plain"};
    CHECK(store_open(&config, "null:", &store, &why) == STORE_OK);
    CHECK_STR(store_label(store), "null:");
    CHECK(store_put(store, "a", &body, STORE_CREATE, NULL, &why) == STORE_OK);
    CHECK(store_put(store, "a", &body, STORE_CREATE, NULL, &why) == STORE_OK);
    CHECK(store_get_small(store, "a", 10, &out, NULL, &why) == STORE_MISSING);
    CHECK(store_put(store, "a", &body, STORE_REPLACE, "t", &why) == STORE_CHANGED);
    CHECK(store_list(store, "", none, NULL, &why) == STORE_OK);
    store_close(store);
    check_refused("null:x", "null:");
}

TEST(names_are_checked_before_any_backend_sees_them)
{
    struct store *store = NULL;
    auto_buf why = BUF_EMPTY, out = BUF_EMPTY;
    struct store_body body = {.data = "x", .fd = -1, .size = 1, .type = "text/plain"};
    CHECK(store_open(&config, "null:", &store, &why) == STORE_OK);
    CHECK(store_put(store, "../a", &body, STORE_CREATE, NULL, &why) == STORE_REFUSED);
    CHECK(strstr(buf_text(&why), "'../a'") != NULL);
    CHECK(store_get_small(store, "a//b", 10, &out, NULL, &why) == STORE_REFUSED);
    CHECK(store_put(store, "a", &body, STORE_REPLACE, NULL, &why) == STORE_REFUSED);
    CHECK(store_put(store, "a", &body, STORE_REPLACE, "", &why) == STORE_REFUSED);
    store_close(store);
    store_close(NULL);
}

static enum store_result put_once(struct store *store, const char *text, size_t size)
{
    auto_buf why = BUF_EMPTY;
    struct store_body body = {.data = text, .fd = -1, .size = size, .type = "text/plain"};
    enum store_result result = store_put_once(store, "d/a", &body, &why);
    return result == STORE_EXISTS && !strstr(buf_text(&why), "'d/a'") ? STORE_REFUSED : result;
}

TEST(what_was_put_once_is_put_again_only_if_it_is_equal)
{
    char folder[] = "/tmp/dtrack-test-XXXXXX", url[64];
    struct store *store = NULL;
    auto_buf why = BUF_EMPTY;
    static char large[10000], other[10000];
    memset(large, 'x', sizeof large);
    memcpy(other, large, sizeof other);
    other[9999] = 'y';
    CHECK(mkdtemp(folder));
    snprintf(url, sizeof url, "file://%s", folder);
    CHECK(store_open(&config, url, &store, &why) == STORE_OK);
    CHECK(put_once(store, large, sizeof large) == STORE_OK);
    CHECK(put_once(store, large, sizeof large) == STORE_OK);
    CHECK(put_once(store, large, sizeof large - 1) == STORE_EXISTS); /* the start of it */
    CHECK(put_once(store, other, sizeof other) == STORE_EXISTS);
    CHECK(put_once(store, "", 0) == STORE_EXISTS);
    store_close(store);
    snprintf(url, sizeof url, "rm -rf %s", folder);
    CHECK(!system(url));
}

TEST_MAIN(CASE(unknown_urls_are_refused_without_showing_them), CASE(file_urls_must_be_absolute),
          CASE(azure_needs_a_credential), CASE(azure_takes_each_kind_of_credential),
          CASE(azure_sends_no_credential_in_clear_text_over_a_network), CASE(azure_container_follows_the_rules),
          CASE(null_takes_all_and_has_nothing), CASE(names_are_checked_before_any_backend_sees_them),
          CASE(what_was_put_once_is_put_again_only_if_it_is_equal))
