/* SPDX-License-Identifier: MIT */
/* Sends one request and receives its answer. The only user of libcurl; knows nothing of Azure. */
#ifndef STORE_NET_HTTP_H
#define STORE_NET_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "store/net/name_value.h"
#include "store/store.h"
#include "sys/attr.h"

#define HTTP_FAULT_MAX ((size_t)16 << 10) /* bytes of an error's body that are kept */

struct http;

struct http_request {
    const char *method; /* "GET", "HEAD" or "PUT" */
    const char *url;
    const struct name_value *headers; /* ends with a NULL name; an empty value is sent as an empty header */
    const struct store_body *body;    /* for PUT; NULL = none */
    uint64_t offset, length;          /* the part of the body to send */
    int64_t timeout_ms;               /* for the whole exchange, > 0 */
    bool alone;                       /* use a new connection: see http_do() */
    store_sink_fn sink;               /* gets the body of a 2xx answer; NULL = discard it */
    /* Called for each header of the final answer, the name in lower case; NULL = not wanted. */
    void (*header)(void *ctx, const char *name, const char *value);
    bool (*is_over)(void *ctx); /* polled about once a second; true ends the exchange like timeout_ms. NULL = never */
    void *ctx;                  /* for sink, header and is_over */
};

/* Certificate authorities to trust: a file and a folder; NULL for the system's. */
struct http_trust {
    const char *file, *folder;
};

enum http_outcome {
    HTTP_ANSWERED, /* a complete answer, whatever its status */
    HTTP_BROKEN,   /* no complete answer; the server may or may not have acted. A retry may succeed */
    HTTP_BARRED,   /* the proxy rejects our password: don't retry, each attempt counts towards locking the account */
    HTTP_STOPPED,  /* the sink or the body failed: `error` is the errno */
    HTTP_REFUSED,  /* a retry can't succeed: bad URL, certificate not accepted */
};

struct http_reply {
    int status;       /* 0 = none yet; set before the first header is passed on */
    int error;        /* negative errno for HTTP_STOPPED */
    struct buf fault; /* start of the body of an answer that is not 2xx */
    char text[256];   /* for HTTP_BROKEN, HTTP_BARRED and HTTP_REFUSED: what went wrong, for a message */
};

/* Create a handle for requests; `trust` is copied. NULL when out of memory. The caller frees it with http_free(). */
must_check nonnull struct http *http_new(const struct http_trust *trust);

/* Close connections and free; NULL is fine. */
void http_free(struct http *http);

/* Carry out one request. *reply is cleared first; the caller releases reply->fault. Redirects are not followed, nothing is
 * decoded, and certificates are always verified. http:// never uses a proxy, which could read everything. `alone` uses no
 * kept-alive connection: when one turns out to be dead, libcurl silently repeats the request, and a conditional write that is
 * sent twice fails because of its own first copy. */
must_check nonnull enum http_outcome http_do(struct http *http, const struct http_request *request,
                                             struct http_reply *reply);

#endif
