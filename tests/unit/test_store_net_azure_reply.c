/* SPDX-License-Identifier: MIT */
#include "store/net/azure.h"

#include "test.h"

#define NOW 1794312000

static struct azure_reply reply_of(const char *name, const char *value)
{
    struct azure_reply reply = {0};
    azure_reply_header(&reply, name, value, NOW);
    return reply;
}

TEST(known_headers_are_taken)
{
    struct azure_reply r = {0};
    azure_reply_header(&r, "etag", "W/\"0x8DC\"", NOW);
    azure_reply_header(&r, "x-ms-error-code", "ServerBusy", NOW);
    azure_reply_header(&r, "x-ms-meta-dtrackwriter", "0b5c1a2e-0000-4000-8000-1234567890ab", NOW);
    azure_reply_header(&r, "retry-after", "3", NOW);
    azure_reply_header(&r, "server", "any", NOW);
    CHECK_STR(r.etag, "W/\"0x8DC\"");
    CHECK_STR(r.code, "ServerBusy");
    CHECK_STR(r.writer, "0b5c1a2e-0000-4000-8000-1234567890ab");
    CHECK(r.retry_after_ms == 3000);
}

TEST(odd_values_count_as_not_sent)
{
    char longest[201];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    CHECK_STR(reply_of("x-ms-error-code", "not a word").code, "");
    CHECK_STR(reply_of("x-ms-error-code", "sig=c2VjcmV0").code, "");
    CHECK_STR(reply_of("x-ms-error-code", "\xc3\xa4").code, "");
    CHECK_STR(reply_of("x-ms-error-code", longest).code, "");
    CHECK_STR(reply_of("etag", longest).etag, ""); /* cut short it would never match again */
    CHECK_STR(reply_of("etag", "\"a b\"").etag, "");
    CHECK_STR(reply_of("x-ms-meta-dtrackwriter", longest).writer, "");
    CHECK(reply_of("retry-after", "later").retry_after_ms == 0);
}

TEST(receipt_is_the_service_s_own_201)
{
    struct azure_reply r = {.status = 201};
    CHECK(!azure_reply_is_receipt(&r));
    azure_reply_header(&r, "x-ms-request-id", "", NOW);
    CHECK(!azure_reply_is_receipt(&r));
    azure_reply_header(&r, "x-ms-request-id", "0b5c1a2e-0000-4000-8000-1234567890ab", NOW);
    CHECK(azure_reply_is_receipt(&r));
    r.status = 200;
    CHECK(!azure_reply_is_receipt(&r));
}

TEST_MAIN(CASE(known_headers_are_taken), CASE(odd_values_count_as_not_sent), CASE(receipt_is_the_service_s_own_201))
