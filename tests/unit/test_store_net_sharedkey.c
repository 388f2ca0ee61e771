/* SPDX-License-Identifier: MIT */
/* The expected headers are what @azure/storage-blob 12.32.0 sent for the same requests. */
#include "store/net/sharedkey.h"

#include "test.h"

#define DEV_KEY "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
#define ACCT1_KEY "c2VjcmV0LWtleS1vZi1hY2N0MQ=="

static void check_signature(const struct sharedkey_request *request, const char *base64, const char *want)
{
    struct sign_key key;
    auto_buf got = BUF_EMPTY;
    CHECK(sign_key_decode(base64, &key) == 0);
    CHECK(sharedkey_header(&got, request, &key) == 0);
    CHECK_STR(buf_text(&got), want);
}

TEST(signs_put_blob_as_the_official_client)
{
    struct sharedkey_request request = {
        .method = "PUT",
        .account = "devstoreaccount1",
        .path = "/devstoreaccount1/runs/runs/v%3D1/dt%3D2026-11-23/a%20b%2B%C3%BC%25.json",
        .params = (struct name_value[]){{NULL, NULL}},
        .headers =
            (struct name_value[]){
                {"content-type", "application/octet-stream"},
                {"x-ms-version", "2026-04-06"},
                {"x-ms-meta-writer", "w1"},
                {"if-none-match", "*"},
                {"x-ms-blob-content-type", "application/json"},
                {"x-ms-blob-type", "BlockBlob"},
                {"x-ms-client-request-id", "e2a2e8fa-8d03-4471-833b-bad194815fbc"},
                {"x-ms-date", "Mon, 23 Nov 2026 08:59:07 GMT"},
                {NULL, NULL},
            },
        .length = 5,
    };
    check_signature(&request, DEV_KEY, "SharedKey devstoreaccount1:oAud44EJf/WazK5NixpYWU7zMGWMBPdxBseNov6fbkQ=");
}

TEST(empty_body_signs_as_no_length)
{
    struct sharedkey_request request = {
        .method = "PUT",
        .account = "devstoreaccount1",
        .path = "/devstoreaccount1/runs",
        .params = (struct name_value[]){{"restype", "container"}, {NULL, NULL}},
        .headers =
            (struct name_value[]){
                {"x-ms-version", "2026-04-06"},
                {"x-ms-client-request-id", "0fd0ae55-dee2-4c24-9283-6d0341a7bbda"},
                {"x-ms-date", "Mon, 23 Nov 2026 08:59:07 GMT"},
                {NULL, NULL},
            },
    };
    check_signature(&request, DEV_KEY, "SharedKey devstoreaccount1:hxq2a3RjHOjwilN9nu351a2fI1RMqtgLTB8XuBCBfnc=");
}

TEST(query_is_signed_decoded_and_sorted)
{
    struct sharedkey_request request = {
        .method = "GET",
        .account = "devstoreaccount1",
        .path = "/devstoreaccount1/runs",
        .params = (struct name_value[]){{"comp", "list"},
                                        {"marker", "m/1 2"},
                                        {"maxresults", "7"},
                                        {"prefix", "a b/\xc3\xbc="},
                                        {"restype", "container"},
                                        {NULL, NULL}},
        .headers =
            (struct name_value[]){
                {"x-ms-version", "2026-04-06"},
                {"x-ms-client-request-id", "82574953-400b-4c50-a78f-49f18c118d5e"},
                {"x-ms-date", "Mon, 23 Nov 2026 08:59:07 GMT"},
                {NULL, NULL},
            },
    };
    check_signature(&request, DEV_KEY, "SharedKey devstoreaccount1:qkVvrByah7radmaqHXKGIp4k8rUlGkL9l/ALX1WkB2s=");
}

TEST(etag_condition_is_signed)
{
    struct sharedkey_request request = {
        .method = "PUT",
        .account = "devstoreaccount1",
        .path = "/devstoreaccount1/runs/runs/v%3D1/dt%3D2026-11-23/a%20b%2B%C3%BC%25.json",
        .params = (struct name_value[]){{"comp", "blocklist"}, {NULL, NULL}},
        .headers =
            (struct name_value[]){
                {"content-type", "application/xml"},
                {"x-ms-version", "2026-04-06"},
                {"if-match", "\"0x8D\""},
                {"x-ms-client-request-id", "9d5a92bd-0583-4aea-b9e1-664b7fcb48e6"},
                {"x-ms-date", "Mon, 23 Nov 2026 08:59:07 GMT"},
                {NULL, NULL},
            },
        .length = 99,
    };
    check_signature(&request, DEV_KEY, "SharedKey devstoreaccount1:cGpSctSj+2Zox023rEuilUDXBwFw/zGRE1d6xeWytno=");
}

TEST(host_style_signs_the_account_once)
{
    struct sharedkey_request request = {
        .method = "PUT",
        .account = "acct1",
        .path = "/runs/runs/v%3D1/dt%3D2026-11-23/a%20b%2B%C3%BC%25.json",
        .params = (struct name_value[]){{NULL, NULL}},
        .headers =
            (struct name_value[]){
                {"content-type", "application/octet-stream"},
                {"x-ms-version", "2026-04-06"},
                {"x-ms-meta-writer", "w1"},
                {"if-none-match", "*"},
                {"x-ms-blob-content-type", "application/json"},
                {"x-ms-blob-type", "BlockBlob"},
                {"x-ms-client-request-id", "5b7c33f3-e76b-4a40-996d-260df63bf591"},
                {"x-ms-date", "Mon, 23 Nov 2026 08:59:07 GMT"},
                {NULL, NULL},
            },
        .length = 5,
    };
    check_signature(&request, ACCT1_KEY, "SharedKey acct1:7f/AU2QzHzpSuKztQgEdIx2e5CyotY8r4R43kXszGVw=");
}

TEST(range_in_service_header_is_signed)
{
    struct sharedkey_request request = {
        .method = "GET",
        .account = "acct1",
        .path = "/runs/runs/v%3D1/dt%3D2026-11-23/a%20b%2B%C3%BC%25.json",
        .params = (struct name_value[]){{NULL, NULL}},
        .headers =
            (struct name_value[]){
                {"x-ms-version", "2026-04-06"},
                {"x-ms-range", "bytes=3-"},
                {"x-ms-client-request-id", "28500cc3-f282-4afd-9574-2f6a24f6e5e3"},
                {"x-ms-date", "Mon, 23 Nov 2026 08:59:07 GMT"},
                {NULL, NULL},
            },
    };
    check_signature(&request, ACCT1_KEY, "SharedKey acct1:jNheQS8SI6XkXnB0ni9gmbl+jkKXFO1Pd7oy9y/iqqw=");
}

/* Azure's documented order of lines: encoding before language, date empty, service headers sorted. */
TEST(string_has_the_documented_lines)
{
    struct sharedkey_request request = {
        .method = "PUT",
        .account = "a",
        .path = "/c/b",
        .params = (struct name_value[]){{"comp", "block"}, {NULL, NULL}},
        .headers = (struct name_value[]){{"x-ms-version", "V"},
                                         {"content-language", "de"},
                                         {"if-match", "E"},
                                         {"x-ms-date", "D"},
                                         {"content-encoding", "gzip"},
                                         {"content-md5", "M"},
                                         {"content-type", "T"},
                                         {"range", "R"},
                                         {NULL, NULL}},
        .length = 12,
    };
    auto_buf text = BUF_EMPTY;
    sharedkey_string(&text, &request);
    CHECK_STR(buf_text(&text), "PUT\ngzip\nde\n12\nM\nT\n\n\nE\n\n\nR\n"
                               "x-ms-date:D\nx-ms-version:V\n/a/c/b\ncomp:block");
}

TEST(date_is_english_and_padded)
{
    char text[SHAREDKEY_DATE];
    sharedkey_date(0, text);
    CHECK_STR(text, "Thu, 01 Jan 1970 00:00:00 GMT");
    sharedkey_date(1709210096, text);
    CHECK_STR(text, "Thu, 29 Feb 2024 12:34:56 GMT");
    sharedkey_date(1796083199, text);
    CHECK_STR(text, "Mon, 30 Nov 2026 23:59:59 GMT");
}

TEST_MAIN(CASE(signs_put_blob_as_the_official_client), CASE(empty_body_signs_as_no_length),
          CASE(query_is_signed_decoded_and_sorted), CASE(etag_condition_is_signed),
          CASE(host_style_signs_the_account_once), CASE(range_in_service_header_is_signed),
          CASE(string_has_the_documented_lines), CASE(date_is_english_and_padded))
