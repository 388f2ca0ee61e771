/* SPDX-License-Identifier: MIT */
/* Azure's SharedKey authorization: the string to sign, and the header. Pure: the caller supplies time and key. */
#ifndef STORE_NET_SHAREDKEY_H
#define STORE_NET_SHAREDKEY_H

#include <stdint.h>
#include <time.h>

#include "base/buf.h"
#include "store/net/name_value.h"
#include "store/net/sign.h"
#include "sys/attr.h"

#define SHAREDKEY_HEADERS 24 /* most headers of one request */
#define SHAREDKEY_DATE 30    /* room for a date with its NUL */

struct sharedkey_request {
    const char *method;
    const char *account;
    const char *path;                 /* of the URL as it is sent, percent-encoded: "/container/name" */
    const struct name_value *params;  /* of the query, decoded, sorted by name; ends with a NULL name */
    const struct name_value *headers; /* names in lower case, any order; ends with a NULL name */
    uint64_t length;                  /* bytes of the body */
};

/* Append the string to sign. Names of x-ms headers must consist of [a-z-]: the service sorts other characters by locale rules. */
nonnull void sharedkey_string(struct buf *out, const struct sharedkey_request *request);

/* Append the value of the Authorization header. 0, -EIO or -ENOMEM. */
must_check nonnull int sharedkey_header(struct buf *out, const struct sharedkey_request *request,
                                        const struct sign_key *key);

/* Write the time as an HTTP date, "Tue, 10 Nov 2026 08:00:00 GMT", in English whatever the locale. */
nonnull void sharedkey_date(time_t when, char text[SHAREDKEY_DATE]);

#endif
