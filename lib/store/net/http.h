/* SPDX-License-Identifier: MIT */
/* One request out, one answer in. The one door to libcurl; knows no Azure. */
#ifndef STORE_NET_HTTP_H
#define STORE_NET_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "store/net/name_value.h"
#include "store/store.h"
#include "sys/attr.h"

#define HTTP_FAULT_MAX ((size_t)16 << 10) /* most of an error's body that is kept */

struct http;

struct http_request {
    const char *method; /* "GET", "HEAD" or "PUT" */
    const char *url;
    const struct name_value *headers;    /* ends with a NULL name; an empty value is sent as an empty header */
    const struct store_body *body; /* for PUT; NULL = none */
    uint64_t offset, length;       /* the part of the body to send */
    int64_t timeout_ms;            /* for everything, > 0 */
    bool alone;                    /* on a connection of its own: see http_do() */
    store_sink_fn sink;            /* gets the body of a 2xx answer; NULL = dropped */
    /* Called for each header of the final answer, the name in lower case; NULL = not wanted. */
    void (*header)(void *ctx, const char *name, const char *value);
    bool (*is_over)(void *ctx); /* asked about once a second: true gives up, as after timeout_ms. NULL = never */
    void *ctx;                  /* for sink, header and is_over */
};

/* Whose certificates to trust: a file and a folder of authorities; NULL for the system's. */
struct http_trust {
    const char *file, *folder;
};

enum http_outcome {
    HTTP_ANSWERED, /* a whole answer, whatever its status */
    HTTP_BROKEN,   /* no whole answer; the server may or may not have acted. Another try may do better */
    HTTP_BARRED,   /* the proxy wants another password: each further try counts towards locking the account */
    HTTP_STOPPED,  /* our own sink or body ended it: `error` is the errno */
    HTTP_REFUSED,  /* it cannot work: bad URL, certificate not accepted */
};

struct http_reply {
    int status;       /* 0 while there is none; set before the first header and body byte arrive */
    int error;        /* negative errno for HTTP_STOPPED */
    struct buf fault; /* start of the body of an answer that is not 2xx */
    char text[256];   /* for HTTP_BROKEN, HTTP_BARRED and HTTP_REFUSED: what went wrong, for a message */
};

/* Prepare for requests; `trust` is copied. NULL when out of memory. The caller frees it. */
must_check nonnull struct http *http_new(const struct http_trust *trust);

/* Close connections and free; NULL is fine. */
void http_free(struct http *http);

/* Carry out one request; *reply is emptied first and stays the caller's, who releases reply->fault. No
 * redirect is followed, nothing is decoded, certificates are always checked; http:// goes to its host itself, never
 * through a proxy, which would learn all of it. With `alone` no kept connection
 * is used: libcurl silently sends a request again when a kept one turns out dead, and a conditional write
 * that is sent twice answers for its own first time. */
must_check nonnull enum http_outcome http_do(struct http *http, const struct http_request *request,
                                             struct http_reply *reply);

#endif
