/* SPDX-License-Identifier: MIT */
/* The connection string parser: first the fields, then an account from them. Knows nothing of requests; wipes its copies of
 * secrets. */
#include "store/net/connstr.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/own.h"
#include "base/wipe.h"
#include "store/net/endpoint.h"

#define BLANKS " \t\r\n"
#define TEXT_MAX 65536 /* far more than any real connection string; bounds the work */

/* Public, the same on every emulator. */
#define DEV_ACCOUNT "devstoreaccount1"
#define DEV_KEY "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
#define DEV_PORT ":10000"

enum field {
    ACCOUNT_NAME,
    ACCOUNT_KEY,
    BLOB_ENDPOINT,
    ENDPOINT_SUFFIX,
    PROTOCOL,
    SAS,
    USE_DEVELOPMENT,
    DEVELOPMENT_PROXY,
    FIELDS,
};

static const char *const field_names[FIELDS] = {
    [ACCOUNT_NAME] = "AccountName",
    [ACCOUNT_KEY] = "AccountKey",
    [BLOB_ENDPOINT] = "BlobEndpoint",
    [ENDPOINT_SUFFIX] = "EndpointSuffix",
    [PROTOCOL] = "DefaultEndpointsProtocol",
    [SAS] = "SharedAccessSignature",
    [USE_DEVELOPMENT] = "UseDevelopmentStorage",
    [DEVELOPMENT_PROXY] = "DevelopmentStorageProxyUri",
};

struct fields {
    char *values[FIELDS]; /* NULL when not given */
};

static void fields_wipe(struct fields *f)
{
    for (size_t i = 0; i < FIELDS; i++)
        wipe_text(&f->values[i]);
}

#define auto_fields __attribute__((cleanup(fields_wipe))) struct fields

static int refuse(struct buf *why, enum field field, const char *what)
{
    buf_printf(why, "cannot use '%s' of the connection string: %s", field_names[field], what);
    return -EINVAL;
}

/* Copy `text` without the blanks around it into an empty slot: a value read from a file often ends in a line break. */
static int set_trimmed(char **slot, const char *text)
{
    text += strspn(text, BLANKS);
    size_t len = strlen(text);
    while (len && strchr(BLANKS, text[len - 1]))
        len--;
    *slot = strndup(text, len);
    return *slot ? 0 : -ENOMEM;
}

/* Copy `text` into an empty slot. */
static int set_text(char **slot, const char *text)
{
    *slot = strdup(text);
    return *slot ? 0 : -ENOMEM;
}

/* --- fields --- */

/* The field with this name in any case, or -1. */
static int field_find(const char *name, size_t len)
{
    for (int i = 0; i < FIELDS; i++)
        if (strlen(field_names[i]) == len && !strncasecmp(field_names[i], name, len))
            return i;
    return -1;
}

/* Parse one "Name=value" into its slot, without the blanks around it. */
static int field_take(struct fields *f, const char *text, size_t len, struct buf *why)
{
    const char *equals = memchr(text, '=', len), *end = text + len;
    if (!equals) {
        /* the field is not shown: it may be a key without its name */
        buf_str(why, "cannot read the connection string: a field has no '='; copy the whole string from "
                     "the account's access keys");
        return -EINVAL;
    }
    const char *value = equals + 1;
    while (value < end && strchr(BLANKS, *value))
        value++;
    int field = field_find(text, (size_t)(equals - text));
    if (field < 0 || value == end) /* an empty field counts as absent: some tools write every field */
        return 0;
    if (f->values[field])
        return refuse(why, (enum field)field, "it is given twice; keep one");
    f->values[field] = strndup(value, (size_t)(end - value));
    return f->values[field] ? 0 : -ENOMEM;
}

/* Parse all fields; empty ones, such as after a trailing ';', are ignored. */
static int fields_read(const char *text, struct fields *f, struct buf *why)
{
    for (const char *at = text; *at;) {
        at += strspn(at, ";" BLANKS);
        size_t len = strcspn(at, ";"), used = len;
        while (used && strchr(BLANKS, at[used - 1]))
            used--;
        int err = used ? field_take(f, at, used, why) : 0;
        if (err)
            return err;
        at += len;
    }
    return 0;
}

/* --- endpoint --- */

static void cut_slashes(char *url)
{
    for (size_t len = strlen(url); len && url[len - 1] == '/'; len--)
        url[len - 1] = '\0';
}

static int endpoint_given(const char *url, struct connstr *out, struct buf *why)
{
    const char *fault = endpoint_fault(url);
    if (fault)
        return refuse(why, BLOB_ENDPOINT, fault);
    int err = set_text(&out->endpoint, url);
    if (!err)
        cut_slashes(out->endpoint);
    return err;
}

/* If the endpoint's path ends in a container, that part with its slash; else NULL. For the public service the account is in the
 * host name, for others it is the path's first part. */
static char *container_part(const struct connstr *c)
{
    char *path = strchr(endpoint_host(c->endpoint), '/');
    char *last = path ? strrchr(path, '/') : NULL;
    if (!last || (c->account && last > path && !strcmp(last + 1, c->account)))
        return NULL;
    const char *service = strstr(endpoint_host(c->endpoint), ".blob.");
    if (service && service < path)
        return last == path ? last : NULL;
    if (!c->account) /* then it is the first part of the path */
        return last > path && path + 1 + strcspn(path + 1, "/") == last ? last : NULL;
    size_t account = strlen(c->account);
    bool is_behind = (size_t)(last - path) > account && *(last - account - 1) == '/' &&
                     !strncmp(last - account, c->account, account);
    return is_behind ? last : NULL;
}

/* Split off the container: a connection string for a single container, as from Storage Explorer, has its name after the endpoint. */
static int cut_container(struct connstr *c)
{
    char *part = container_part(c);
    if (!part)
        return 0;
    c->container = strdup(part + 1);
    *part = '\0';
    return c->container ? 0 : -ENOMEM;
}

/* The endpoint of the public service, where the account is part of the host name. */
static int endpoint_of_account(const struct fields *f, struct connstr *out, struct buf *why)
{
    const char *suffix = f->values[ENDPOINT_SUFFIX] ? f->values[ENDPOINT_SUFFIX] : "core.windows.net";
    const char *protocol = f->values[PROTOCOL] ? f->values[PROTOCOL] : "https";
    bool plain = !strcasecmp(protocol, "http");
    if (!plain && strcasecmp(protocol, "https"))
        return refuse(why, PROTOCOL, "it must be https or http");
    if (!*suffix || strchr(".:", *suffix) || !is_made_of(suffix, ALPHANUMERIC "-.:"))
        return refuse(why, ENDPOINT_SUFFIX, "it must be a host name such as core.windows.net");
    int len = asprintf(&out->endpoint, "%s://%s.blob.%s", plain ? "http" : "https", out->account, suffix);
    if (len >= 0)
        return 0;
    out->endpoint = NULL;
    return -ENOMEM;
}

/* The account's name when only the endpoint gives it: the last part of the path, else the first label of the host. */
static int account_of_endpoint(struct connstr *out)
{
    const char *host = endpoint_host(out->endpoint);
    const char *slash = strrchr(host, '/');
    out->account = slash ? strdup(slash + 1) : strndup(host, strcspn(host, ".:"));
    return out->account ? 0 : -ENOMEM;
}

/* --- the emulator --- */

/* The emulator's endpoint at the host of the proxy URI. Official clients always use port 10000; here a given port is used, since an
 * emulator may listen on any. */
static int dev_endpoint(const char *proxy, struct connstr *out, struct buf *why)
{
    auto_free char *base = strdup(proxy ? proxy : "http://127.0.0.1");
    if (!base)
        return -ENOMEM;
    const char *fault = endpoint_fault(base);
    if (fault)
        return refuse(why, DEVELOPMENT_PROXY, fault);
    cut_slashes(base);
    if (strchr(endpoint_host(base), '/'))
        return refuse(why, DEVELOPMENT_PROXY, "it must end behind the host");
    const char *port = endpoint_has_port(base) ? "" : DEV_PORT;
    if (asprintf(&out->endpoint, "%s%s/" DEV_ACCOUNT, base, port) >= 0)
        return 0;
    out->endpoint = NULL;
    return -ENOMEM;
}

/* The emulator's account; an explicit BlobEndpoint overrides its address. */
static int resolve_dev(const struct fields *f, struct connstr *out, struct buf *why)
{
    if (strcasecmp(f->values[USE_DEVELOPMENT], "true"))
        return refuse(why, USE_DEVELOPMENT, "it must be true; leave it out for a real account");
    int err = set_text(&out->account, DEV_ACCOUNT);
    if (!err)
        err = set_text(&out->key, DEV_KEY);
    if (err)
        return err;
    if (f->values[BLOB_ENDPOINT])
        return endpoint_given(f->values[BLOB_ENDPOINT], out, why);
    return dev_endpoint(f->values[DEVELOPMENT_PROXY], out, why);
}

/* --- an account --- */

/* A key or a SAS. The key takes precedence: it permits everything that the SAS does. */
static int resolve_credential(const struct fields *f, struct connstr *out, struct buf *why)
{
    const char *key = f->values[ACCOUNT_KEY], *sas = f->values[SAS];
    if (key && *key)
        return out->account ? set_text(&out->key, key)
                            : refuse(why, ACCOUNT_NAME, "it is missing; a key needs the name of its account");
    if (!sas)
        return refuse(why, ACCOUNT_KEY, "it is missing or empty; add it, or a SharedAccessSignature");
    sas += *sas == '?';
    if (!strchr(sas, '=') || !is_made_of(sas, ALPHANUMERIC "-._~%&=+/:,"))
        return refuse(why, SAS, "it must be the query part of a SAS URL, percent-encoded");
    return set_text(&out->sas, sas);
}

static int resolve_account(const struct fields *f, struct connstr *out, struct buf *why)
{
    const char *account = f->values[ACCOUNT_NAME], *endpoint = f->values[BLOB_ENDPOINT];
    if (account && (!*account || strlen(account) > 63 || !is_made_of(account, ALPHANUMERIC "-")))
        return refuse(why, ACCOUNT_NAME, "it must be letters and digits, as the account is called");
    if (!account && !endpoint)
        return refuse(why, ACCOUNT_NAME, "it is missing; add it, or a BlobEndpoint");
    int err = account ? set_text(&out->account, account) : 0;
    if (!err)
        err = resolve_credential(f, out, why);
    if (!err)
        err = endpoint ? endpoint_given(endpoint, out, why) : endpoint_of_account(f, out, why);
    if (!err && endpoint)
        err = cut_container(out);
    if (!err && !out->account)
        err = account_of_endpoint(out);
    return err;
}

/* Build the account from the fields; on failure *out is empty. */
static int resolve(const struct fields *f, struct connstr *out, struct buf *why)
{
    struct connstr c = {0};
    int err = f->values[USE_DEVELOPMENT] ? resolve_dev(f, &c, why) : resolve_account(f, &c, why);
    if (err) {
        connstr_release(&c);
        return err;
    }
    *out = c;
    return 0;
}

int connstr_parse(const char *text, struct connstr *out, struct buf *why)
{
    auto_fields f = {0};
    if (strlen(text) > TEXT_MAX) {
        buf_str(why, "cannot read the connection string: it is longer than 64 KiB");
        return -EINVAL;
    }
    int err = fields_read(text, &f, why);
    return err ? err : resolve(&f, out, why);
}

int connstr_for_account(const char *account, const char *key, const char *sas, struct connstr *out, struct buf *why)
{
    auto_fields f = {0};
    int err = set_trimmed(&f.values[ACCOUNT_NAME], account);
    if (!err && key)
        err = set_trimmed(&f.values[ACCOUNT_KEY], key);
    if (!err && sas)
        err = set_trimmed(&f.values[SAS], sas);
    return err ? err : resolve(&f, out, why);
}

bool connstr_is_public(const struct connstr *c)
{
    return c->key && !strcmp(c->key, DEV_KEY);
}

void connstr_release(struct connstr *c)
{
    wipe_text(&c->key);
    wipe_text(&c->sas);
    free(c->account);
    free(c->endpoint);
    free(c->container);
    *c = (struct connstr){0};
}
