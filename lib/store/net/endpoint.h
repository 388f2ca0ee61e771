/* SPDX-License-Identifier: MIT */
/* The URL of a service: http(s)://HOST[:PORT][/PATH]. Pure text. */
#ifndef STORE_NET_ENDPOINT_H
#define STORE_NET_ENDPOINT_H

#include <stdbool.h>

#include "sys/attr.h"

#define ALPHANUMERIC "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* Whether `text` has characters of `set` only; true for "". */
must_check nonnull bool is_made_of(const char *text, const char *set);

/* What is wrong with `url` as an endpoint, for a message, or NULL. */
must_check nonnull const char *endpoint_fault(const char *url);

/* The host of a URL without fault, up to its end. */
must_check nonnull const char *endpoint_host(const char *url);

/* Whether a URL without fault names a port. */
must_check nonnull bool endpoint_has_port(const char *url);

/* Whether requests to a URL without fault cross a network in clear text: http:// to a host that is not this one. */
must_check nonnull bool endpoint_is_exposed(const char *url);

#endif
