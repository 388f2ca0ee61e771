/* SPDX-License-Identifier: MIT */
/* Checks and parses endpoint URLs. Strict, since a malformed URL would only cause an obscure failure of a request later. */
#include "store/net/endpoint.h"

#include <string.h>
#include <strings.h>

#define DIGITS "0123456789"

bool is_made_of(const char *text, const char *set)
{
    return !text[strspn(text, set)];
}

/* What follows the scheme, or NULL for an unknown scheme. */
static const char *after_scheme(const char *url)
{
    if (!strncasecmp(url, "http://", 7))
        return url + 7;
    return strncasecmp(url, "https://", 8) ? NULL : url + 8;
}

/* What follows the host name or address; `host` itself when it is malformed. */
static const char *after_host(const char *host)
{
    if (*host != '[')
        return host + strspn(host, ALPHANUMERIC "-._");
    const char *close = host + 1 + strspn(host + 1, "ABCDEFabcdef" DIGITS ":.");
    return *close == ']' && close > host + 1 ? close + 1 : host;
}

static const char *rest_fault(const char *rest)
{
    if (*rest == ':') {
        size_t digits = strspn(rest + 1, DIGITS);
        if (!digits || digits > 5)
            return "its port is not a number";
        rest += 1 + digits;
    }
    if (*rest && *rest != '/')
        return "its host has characters that no host has";
    return is_made_of(rest, ALPHANUMERIC "-._~%$/") ? NULL : "its path has characters that no endpoint has";
}

const char *endpoint_fault(const char *url)
{
    const char *host = after_scheme(url);
    if (!host)
        return "it must start with https:// or http://";
    if (strchr(url, '?'))
        return "it must not have a query; a SAS goes into SharedAccessSignature";
    const char *rest = after_host(host);
    return rest == host ? "it names no host" : rest_fault(rest);
}

const char *endpoint_host(const char *url)
{
    const char *host = after_scheme(url);
    return host ? host : "";
}

bool endpoint_has_port(const char *url)
{
    return *after_host(endpoint_host(url)) == ':';
}

/* Whether the host, `len` bytes, is "localhost" or a subdomain of it: libcurl and resolvers never query the network for those. */
static bool is_localhost(const char *host, size_t len)
{
    static const char name[] = "localhost";
    size_t own = sizeof name - 1;
    return len >= own && !strncasecmp(host + len - own, name, own) && (len == own || host[len - own - 1] == '.');
}

bool endpoint_is_exposed(const char *url)
{
    if (strncasecmp(url, "http://", 7))
        return false;
    const char *host = endpoint_host(url);
    size_t len = (size_t)(after_host(host) - host);
    bool is_loopback = !strncmp(host, "127.", 4) && strspn(host, DIGITS ".") == len;
    return !is_loopback && !is_localhost(host, len) && strncmp(host, "[::1]", 5);
}
