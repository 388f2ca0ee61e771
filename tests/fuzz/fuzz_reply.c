/* SPDX-License-Identifier: MIT */
/* Any bytes as the headers of an answer, after two for its status: what is taken from them is clean, what is made of
 * them is one of the documented results with a message that fits a terminal. */
#include <ctype.h>
#include <string.h>

#include "store/net/azure.h"
#include "store/net/header.h"
#include "store/retry.h"

#include "fuzz.h"

#define NOW 1794312000

static void check_text(const char *text, size_t room)
{
    PROMISE(strlen(text) < room);
    for (; *text; text++)
        PROMISE(isgraph((unsigned char)*text));
}

static void take_line(struct azure_reply *reply, const char *line, size_t len)
{
    struct header header;
    if (!header_split(line, len, &header))
        return;
    PROMISE(*header.name && strlen(header.name) + strlen(header.value) < len);
    azure_reply_header(reply, header.name, header.value, NOW);
    PROMISE(retry_after_ms(header.value, NOW) >= 0 && retry_after_ms(header.value, NOW) <= RETRY_AFTER_MAX_MS);
}

/* What a write would make of the answer. */
static void check_verdict(const struct azure_reply *reply)
{
    static const struct azure az = {.label = "azure://runs (account a1)"};
    auto_buf why = BUF_EMPTY;
    const struct azure_op op = {.az = &az, .verb = "write", .name = "a", .why = &why};
    const struct azure_call call = {.method = "PUT", .reply = *reply};
    enum store_result result = azure_verdict(&op, &call);
    PROMISE((int)result >= STORE_OK && result <= STORE_REFUSED && (result == STORE_OK) == !why.len);
    for (size_t i = 0; i < why.len; i++)
        PROMISE(isprint((unsigned char)why.data[i]));
    PROMISE(!azure_reply_is_receipt(reply) || result == STORE_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct azure_reply reply = {0};
    if (size < 2)
        return 0;
    reply.status = 100 + (data[0] << 8 | data[1]) % 500;
    const char *at = (const char *)data + 2, *end = (const char *)data + size;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t len = newline ? (size_t)(newline - at) + 1 : (size_t)(end - at);
        take_line(&reply, at, len);
        at += len;
    }
    check_text(reply.code, sizeof reply.code);
    check_text(reply.etag, sizeof reply.etag);
    check_text(reply.writer, sizeof reply.writer);
    PROMISE(reply.retry_after_ms >= 0 && reply.retry_after_ms <= RETRY_AFTER_MAX_MS);
    check_verdict(&reply);
    return 0;
}
