/* SPDX-License-Identifier: MIT */
/* Parses the headers of an answer. Values of an unexpected form are ignored, since they would be sent back in our next request or
 * printed on a terminal. Pure. */
#include <stdio.h>
#include <string.h>

#include "store/net/azure.h"
#include "store/net/endpoint.h"
#include "store/retry.h"

/* Copy a value that fits and is made of characters from `set`; else leave "". */
static void take_word(char *to, size_t room, const char *value, const char *set)
{
    bool good = strlen(value) < room && is_made_of(value, set);
    snprintf(to, room, "%s", good ? value : "");
}

/* Tags are sent back as received. One that is too long is ignored, since a truncated tag would never match. */
static void take_etag(struct azure_reply *reply, const char *value)
{
    take_word(reply->etag, sizeof reply->etag, value, ALPHANUMERIC "\"!#$%&'()*+,-./:;<=>?@[]^_`{|}~\\");
}

void azure_reply_code(struct azure_reply *reply, const char *value)
{
    take_word(reply->code, sizeof reply->code, value, ALPHANUMERIC);
}

bool azure_reply_is_receipt(const struct azure_reply *reply)
{
    return reply->genuine && reply->status == 201; /* the status of every successful write that we make */
}

void azure_reply_header(struct azure_reply *reply, const char *name, const char *value, time_t now)
{
    if (!strcmp(name, "etag"))
        take_etag(reply, value);
    else if (!strcmp(name, "x-ms-error-code"))
        azure_reply_code(reply, value);
    else if (!strcmp(name, "x-ms-meta-dtrackwriter"))
        take_word(reply->writer, sizeof reply->writer, value, ALPHANUMERIC "-");
    else if (!strcmp(name, "x-ms-request-id"))
        reply->genuine = *value;
    else if (!strcmp(name, "retry-after"))
        reply->retry_after_ms = retry_after_ms(value, now);
}
