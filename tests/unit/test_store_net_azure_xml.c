/* SPDX-License-Identifier: MIT */
#include "store/net/azure_xml.h"

#include <errno.h>
#include <inttypes.h>

#include "test.h"

#define HEAD                                                                     \
    "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults " \
    "ServiceEndpoint=\"http://a/>\" ContainerName='c'>"
#define BLOB(name, size)                                                                                     \
    "<Blob>" name "<Properties><Etag>0x1</Etag><Content-Length>" size "</Content-Length><Content-Encoding/>" \
    "</Properties><OrMetadata /></Blob>"
#define NAME(text) "<Name>" text "</Name>"
#define REPLY(blobs, marker)                                                                      \
    HEAD "<Prefix>p</Prefix><MaxResults>5</MaxResults><Blobs>" blobs "</Blobs><NextMarker" marker \
         "</EnumerationResults>"

static int add_line(void *ctx, const struct store_entry *entry)
{
    buf_printf(ctx, "%s %" PRIu64 "\n", entry->name, entry->size);
    return 0;
}

static int list(const char *xml, struct buf *out, struct buf *marker)
{
    return azure_xml_list(xml, strlen(xml), add_line, out, marker);
}

static void check_bad(const char *xml)
{
    auto_buf out = BUF_EMPTY, marker = BUF_EMPTY;
    CHECK(list(xml, &out, &marker) == -EBADMSG);
}

TEST(names_sizes_and_marker_are_read)
{
    auto_buf out = BUF_EMPTY, marker = BUF_EMPTY;
    CHECK(list(REPLY(BLOB(NAME("a/b"), "12") BLOB(NAME("c"), "0"), ">2!72!x&amp;y</NextMarker>"), &out, &marker) == 0);
    CHECK_STR(buf_text(&out), "a/b 12\nc 0\n");
    CHECK_STR(buf_text(&marker), "2!72!x&y");
}

TEST(last_page_has_no_marker)
{
    auto_buf out = BUF_EMPTY, marker = BUF_EMPTY;
    CHECK(list(REPLY(BLOB(NAME("a"), "1"), " />"), &out, &marker) == 0);
    CHECK_STR(buf_text(&marker), "");
    CHECK(list(REPLY("", "></NextMarker>"), &out, &marker) == 0);
    CHECK_STR(buf_text(&marker), "");
    CHECK_STR(buf_text(&out), "a 1\n");
}

TEST(names_are_unescaped)
{
    auto_buf out = BUF_EMPTY, marker = BUF_EMPTY;
    CHECK(list(REPLY(BLOB(NAME("&lt;a&gt;&amp;&quot;&apos;&#65;&#x20AC; \xc3\xbc+%"), "1"), "/>"), &out, &marker) == 0);
    CHECK_STR(buf_text(&out), "<a>&\"'A\xe2\x82\xac \xc3\xbc+% 1\n");
}

/* What XML cannot hold comes percent-encoded, and says so; a '%' otherwise is only a '%'. */
TEST(encoded_names_are_decoded)
{
    auto_buf out = BUF_EMPTY, marker = BUF_EMPTY;
    CHECK(list(REPLY(BLOB("<Name Encoded=\"true\">a%EF%BF%BEb</Name>", "1") BLOB(NAME("c%41"), "2"), "/>"), &out,
               &marker) == 0);
    CHECK_STR(buf_text(&out), "a\xef\xbf\xbe"
                              "b 1\nc%41 2\n");
}

TEST(other_elements_of_the_same_name_do_not_confuse)
{
    auto_buf out = BUF_EMPTY, marker = BUF_EMPTY;
    CHECK(list(HEAD "<!-- <Name>x</Name> "
                    "--><Name>y</Name><Blobs><BlobPrefix><Name>p/</Name></BlobPrefix><Blob><Name>a</Name>"
                    "<Metadata><Name>m</Name><Content-Length>9</Content-Length></Metadata>"
                    "<Properties><Content-Length>3</Content-Length></Properties></Blob></Blobs><NextMarker/>"
                    "</EnumerationResults>",
               &out, &marker) == 0);
    CHECK_STR(buf_text(&out), "a 3\n");
}

TEST(cut_and_broken_replies_are_refused)
{
    static const char whole[] = REPLY(BLOB(NAME("a"), "1"), "/>");
    for (size_t len = 0; len < sizeof whole - 1; len++) {
        auto_buf out = BUF_EMPTY, marker = BUF_EMPTY;
        CHECK(azure_xml_list(whole, len, add_line, &out, &marker) == -EBADMSG);
    }
    check_bad("");
    check_bad("<html><body>not here</body></html>");
    check_bad(REPLY(BLOB("", "1"), "/>"));
    check_bad(REPLY(BLOB(NAME("a&nbsp;b"), "1"), "/>"));
    check_bad(REPLY(BLOB(NAME("a&amp b"), "1"), "/>"));
    check_bad(REPLY(BLOB(NAME("a&#0;"), "1"), "/>"));
    check_bad(REPLY(BLOB(NAME("a&#x;"), "1"), "/>"));
    check_bad(REPLY(BLOB(NAME("a&#-1;"), "1"), "/>"));
    check_bad(REPLY(BLOB(NAME("a"), "12x"), "/>"));
    check_bad(REPLY(BLOB(NAME("a"), "99999999999999999999"), "/>"));
    check_bad(REPLY("<Blob><Name Encoded=\"true\">%0</Name></Blob>", "/>"));
    check_bad(REPLY("<Blob></Blobs>", "/>"));
    check_bad("<EnumerationResults/>");
    check_bad(REPLY("", "/>") "<EnumerationResults>");
    check_bad("<!DOCTYPE a [<!ENTITY b \"c\">]><EnumerationResults></EnumerationResults>");
}

TEST(nul_in_a_name_is_refused)
{
    static const char xml[] = REPLY(BLOB(NAME("\0a"), "1"), "/>");
    auto_buf out = BUF_EMPTY, marker = BUF_EMPTY;
    CHECK(azure_xml_list(xml, sizeof xml - 1, add_line, &out, &marker) == -EBADMSG);
    CHECK_STR(buf_text(&out), "");
}

TEST(deep_nesting_is_refused)
{
    auto_buf xml = BUF_EMPTY;
    buf_str(&xml, HEAD);
    for (int i = 0; i < 1000; i++)
        buf_str(&xml, "<a>");
    check_bad(buf_text(&xml));
}

static int stop(void *ctx, const struct store_entry *entry)
{
    (void)entry;
    ++*(int *)ctx;
    return 7;
}

TEST(listing_stops_when_told)
{
    static const char xml[] = REPLY(BLOB(NAME("a"), "1") BLOB(NAME("b"), "1"), "/>");
    auto_buf marker = BUF_EMPTY;
    int calls = 0;
    CHECK(azure_xml_list(xml, strlen(xml), stop, &calls, &marker) == 7);
    CHECK(calls == 1);
}

TEST(error_code_is_found)
{
    static const char xml[] = "\xef\xbb\xbf<?xml "
                              "version=\"1.0\"?><Error><Code>Auth&amp;Failed</Code><Message>x\ny</Message></Error>";
    auto_buf code = BUF_EMPTY;
    azure_xml_error(xml, strlen(xml), &code);
    CHECK_STR(buf_text(&code), "Auth&Failed");
    buf_clear(&code);
    azure_xml_error("<html>502 Bad Gateway", 21, &code);
    CHECK_STR(buf_text(&code), "");
}

TEST_MAIN(CASE(names_sizes_and_marker_are_read), CASE(last_page_has_no_marker), CASE(names_are_unescaped),
          CASE(encoded_names_are_decoded), CASE(other_elements_of_the_same_name_do_not_confuse),
          CASE(cut_and_broken_replies_are_refused), CASE(nul_in_a_name_is_refused), CASE(deep_nesting_is_refused),
          CASE(listing_stops_when_told), CASE(error_code_is_found))
