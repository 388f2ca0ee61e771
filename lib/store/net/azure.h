/* SPDX-License-Identifier: MIT */
/* Internals of the Azure Blob backend: one account and container, and calls to them. Not for other code. */
#ifndef STORE_NET_AZURE_H
#define STORE_NET_AZURE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/buf.h"
#include "store/net/connstr.h"
#include "store/net/http.h"
#include "store/net/name_value.h"
#include "store/net/sign.h"
#include "store/random.h"
#include "store/store.h"
#include "sys/attr.h"

struct azure {
    struct http *http;
    struct connstr account;
    struct sign_key key; /* decoded account.key; unused with a SAS */
    char *container;
    char *prefix; /* in front of every name: "" or "a/b/" */
    const char *label;
    int64_t deadline_ms;
    int64_t *until_ms;   /* a deadline for all calls together, as in struct store_config; or NULL */
    bool (*hurry)(void); /* as in struct store_config */
    unsigned list_page;  /* names asked for in one request */
};

/* One call of the store's contract, from its start to its deadline. */
struct azure_op {
    const struct azure *az;
    const char *verb; /* "write", "read" or "list", for messages */
    const char *name; /* as the caller gave it, for messages */
    struct buf *why;
    int64_t deadline;     /* CLOCK_MONOTONIC, ms; azure_call() moves it as a read goes on */
    bool hastened;        /* store_config.hurry has returned true, and the deadline was shortened */
    char id[RANDOM_UUID]; /* of this operation; stored with the object that it writes */
};

/* The parsed headers of an answer. */
struct azure_reply {
    int status;
    bool genuine; /* it has a request id, as every answer of the service itself does */
    int64_t retry_after_ms;
    char code[64]; /* the service's error code, or "" */
    char etag[128];
    char writer[RANDOM_UUID]; /* azure_op.id of whoever wrote the object */
};

/* One request of an operation, with its retries. */
struct azure_call {
    const char *method;
    const char *name;              /* the caller's name of the object, or NULL for the container itself */
    struct name_value params[6];   /* sorted by name; ends with a NULL name */
    struct name_value headers[10]; /* names in lower case; ends with a NULL name */
    const struct store_body *body; /* to send: `length` bytes from `offset`; NULL = none */
    uint64_t offset, length;
    bool alone;          /* as http_request.alone */
    store_sink_fn sink;  /* gets the object's bytes in order, across tries; NULL = see collect */
    void *ctx;           /* for sink */
    struct buf *collect; /* gets the whole body of the answer, and only of the last one */
    /* filled in by azure_call() */
    struct azure_reply reply; /* of the last answer; status 0 when none came */
    bool doubtful;            /* an earlier attempt failed, but the service may have carried it out */
    uint64_t got;             /* bytes passed to sink */
};

/* Begin an operation: its deadline runs from now. `name` and `why` must outlive it. */
nonnull void azure_begin(struct azure_op *op, const struct azure *az, const char *name, struct buf *why);

/* Extend the operation's deadline by the time that `bytes` take on a slow line. */
nonnull void azure_grant(struct azure_op *op, uint64_t bytes);

/* Poll store_config.hurry, and return whether the time that is left after it returned true is over. */
must_check nonnull bool azure_is_over(struct azure_op *op);

/* Send the request, with retries until the deadline. A read that breaks off is resumed where it stopped, on condition that the
 * object still has the tag of the first answer. Time spent in the sink does not count against the deadline, and each byte extends
 * it as on a slow line. STORE_OK for a 2xx answer; otherwise the direct meaning of the answer, with a message in op->why: 404 of
 * a blob or container is STORE_MISSING, 409 of a blob STORE_EXISTS, 412 STORE_CHANGED. */
must_check nonnull enum store_result azure_call(struct azure_op *op, struct azure_call *call);

/* Parse one header, its name in lower case, into *reply; irrelevant ones are ignored. `now` is needed for a Retry-After date. */
nonnull void azure_reply_header(struct azure_reply *reply, const char *name, const char *value, time_t now);

/* Whether an answer to a write confirms that the service has stored the object: a 201 from the service itself. A proxy's login
 * page may answer 200. */
must_check nonnull bool azure_reply_is_receipt(const struct azure_reply *reply);

/* Store the service's error code, from a header or the body, in *reply. Ignored unless it is a plain word. */
nonnull void azure_reply_code(struct azure_reply *reply, const char *value);

/* The result that the call's last answer means, as returned by azure_call(). Unless STORE_OK, writes a message to op->why. */
must_check nonnull enum store_result azure_verdict(const struct azure_op *op, const struct azure_call *call);

/* Put "cannot VERB 'NAME' at STORE: reason" into op->why. */
nonnull void azure_explain(const struct azure_op *op, const char *reason);

/* The backend's put: see struct store_backend. */
must_check enum store_result azure_put(struct store *store, const char *name, const struct store_body *body,
                                       enum store_mode mode, const char *etag, struct buf *why);

/* The backend's list: see struct store_backend. */
must_check enum store_result azure_list(struct store *store, const char *prefix, store_list_fn each, void *ctx,
                                        struct buf *why);

#endif
