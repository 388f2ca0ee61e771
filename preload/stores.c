/* SPDX-License-Identifier: MIT */
/* The store URLs as they may stand on disk: the same text as the guardian makes of them (lib/run/context.c), for a URL with a
 * credential is found again by it. */
#include "stores.h"

#include "envp.h"
#include "redact/redact.h"
#include "sys/text.h"

#define STORE_MAX 512 /* bytes of one URL */

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

static size_t stores_until(const char *s, size_t len, const char *ends)
{
    for (size_t i = 0; i < len; i++)
        for (const char *end = ends; *end; end++)
            if (s[i] == *end)
                return i;
    return len;
}

/* Where the host begins, or 0. */
static size_t stores_host(const char *url, size_t len)
{
    for (size_t i = 0; i + 3 <= len; i++)
        if (text_after(url + i, "://"))
            return i + 3;
    return 0;
}

/* A URL without user, query and fragment; what is none may be a connection string. */
static void stores_add(struct text *t, const char *url, size_t len)
{
    char clean[REDACT_ROOM(STORE_MAX)];
    size_t host = stores_host(url, len);
    text_str(t, t->len ? " " : "");
    if (!host && len <= STORE_MAX)
        text_add(t, clean, redact_text(NULL, url, len, clean, sizeof clean));
    if (!host) {
        t->cut |= len > STORE_MAX;
        return;
    }
    len = stores_until(url, len, "?#");
    size_t authority = stores_until(url + host, len - host, "/");
    size_t user = stores_until(url + host, authority, "@");
    text_add(t, url, host);
    host += user < authority ? user + 1 : 0;
    text_add(t, url + host, len - host);
}

void stores_note(struct spool_header *header, const struct startup *s)
{
    const char *list = envp_value(s->envp, "DTRACK_STORE=");
    struct text t = text_into(header->stores, sizeof header->stores);
    while (list && *list) {
        size_t len = 0;
        while (list[len] && !is_blank(list[len]))
            len++;
        if (len)
            stores_add(&t, list, len);
        list += len + (list[len] != '\0');
    }
    __atomic_store_n(&header->stores_known, !t.cut, __ATOMIC_RELEASE);
}
