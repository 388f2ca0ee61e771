/* SPDX-License-Identifier: MIT */
/* Store URLs without their secrets. Knows the form of a URL, and no store. */
#include "spool/lead_stores.h"

#include "redact/redact.h"

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

static void stores_redact(struct text *out, const char *text, size_t len)
{
    size_t left = out->room - out->len - 1;
    if (REDACT_ROOM(len) > left) {
        out->cut = 1;
        return;
    }
    out->len += redact_text(NULL, text, len, out->out + out->len, left);
    out->out[out->len] = '\0';
}

void lead_stores_put(struct text *out, const char *url, size_t len)
{
    size_t host = stores_host(url, len);
    if (!host) {
        stores_redact(out, url, len);
        return;
    }
    len = stores_until(url, len, "?#");
    size_t authority = stores_until(url + host, len - host, "/");
    size_t user = stores_until(url + host, authority, "@");
    text_add(out, url, host);
    host += user < authority ? user + 1 : 0;
    text_add(out, url + host, len - host);
}

void lead_stores_note(struct spool_header *header, const char *list)
{
    struct text t = text_into(header->stores, sizeof header->stores);
    while (list && *list) {
        size_t len = 0;
        while (list[len] && !is_blank(list[len]))
            len++;
        if (len) {
            text_str(&t, t.len ? " " : "");
            lead_stores_put(&t, list, len);
        }
        list += len + (list[len] != '\0');
    }
    __atomic_store_n(&header->stores_known, !t.cut, __ATOMIC_RELEASE);
}
