/* SPDX-License-Identifier: MIT */
/* The Azure Blob backend: from URL and configuration to an account and container, and reading from it. */
#include "store/net/azure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/wipe.h"
#include "store/name.h"
#include "store/net/backends.h"
#include "store/net/endpoint.h"

#define LIST_PAGE 1000 /* about 1 MiB of XML */

/* --- container and prefix --- */

/* How the name violates the service's rules for containers, or NULL. */
static const char *container_fault(const char *name)
{
    static const char *const special[] = {"$web", "$root", "$logs"}; /* the service's own names */
    size_t len = strlen(name);
    for (size_t i = 0; i < ARRAY_LEN(special); i++)
        if (!strcmp(name, special[i]))
            return NULL;
    if (len < 3 || len > 63)
        return "it must have 3 to 63 characters";
    if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
        return "it may have lower-case letters, digits and '-' only";
    if (name[0] == '-' || name[len - 1] == '-' || strstr(name, "--"))
        return "each '-' must stand between letters or digits";
    return NULL;
}

/* Refuse the URL. The message never shows all of it: a mistyped one may contain a credential. */
static enum store_result refuse_url(struct buf *why, const char *what, const char *fault)
{
    buf_printf(why, "cannot open an azure store: %s: %s; the form is azure://CONTAINER[/PREFIX]", what, fault);
    return STORE_REFUSED;
}

/* Check the container's name here: the service answers an invalid one with an uninformative 400. */
static enum store_result take_container(struct azure *az, const char *text, size_t len, struct buf *why)
{
    az->container = strndup(text, len);
    const char *fault = az->container ? container_fault(az->container) : "out of memory";
    auto_buf what = BUF_EMPTY;
    if (az->container && !strpbrk(az->container, "@:")) /* else it may be user:password@host: don't show it */
        buf_printf(&what, "container '%.63s'", az->container);
    else
        buf_str(&what, "container");
    return fault ? refuse_url(why, buf_text(&what), fault) : STORE_OK;
}

/* Parse what follows the container: "" or "/PREFIX"; trailing slashes are ignored. */
static enum store_result take_prefix(struct azure *az, const char *text, struct buf *why)
{
    auto_buf prefix = BUF_EMPTY;
    size_t len = strlen(text);
    while (len && text[len - 1] == '/')
        len--;
    if (len && name_decode(&prefix, text + 1, len - 1))
        return refuse_url(why, "prefix", "a '%' must be followed by two hex digits");
    const char *fault = len ? name_fault(buf_text(&prefix)) : NULL;
    if (fault)
        return refuse_url(why, "prefix", fault);
    if (len)
        buf_char(&prefix, '/');
    az->prefix = buf_take(&prefix);
    return STORE_OK;
}

/* Parse container and prefix from the part after "azure:". */
static enum store_result take_url(struct azure *az, const char *rest, struct buf *why)
{
    if (strncmp(rest, "//", 2))
        return refuse_url(why, "URL", "it must start with azure://");
    if (strpbrk(rest, "?#")) /* not shown: it may be a SAS */
        return refuse_url(why, "URL",
                          "it must not have a query; a SAS goes into "
                          "AZURE_STORAGE_CONNECTION_STRING");
    const char *container = rest + 2;
    size_t len = strcspn(container, "/");
    enum store_result result = take_container(az, container, len, why);
    return result ? result : take_prefix(az, container + len, why);
}

/* --- account and credential --- */

/* A variable's value, or NULL when it is unset, empty or blank. */
static const char *variable(const struct store_config *config, const char *name)
{
    const char *value = config->getenv(name);
    return value && value[strspn(value, " \t\r\n")] ? value : NULL;
}

/* Find account and credential. The connection string takes precedence, being the most explicit. */
static enum store_result take_account(struct azure *az, const struct store_config *config, struct buf *why)
{
    const char *connection = variable(config, "AZURE_STORAGE_CONNECTION_STRING");
    const char *account = variable(config, "AZURE_STORAGE_ACCOUNT");
    const char *key = variable(config, "AZURE_STORAGE_KEY");
    const char *sas = variable(config, "AZURE_STORAGE_SAS_TOKEN");
    if (!connection && (!account || (!key && !sas))) {
        buf_str(why, "cannot open an azure store: no credential; set AZURE_STORAGE_CONNECTION_STRING, or "
                     "AZURE_STORAGE_ACCOUNT and AZURE_STORAGE_KEY");
        return STORE_REFUSED;
    }
    int err = connection ? connstr_parse(connection, &az->account, why)
                         : connstr_for_account(account, key, key ? NULL : sas, &az->account, why);
    if (!err && az->account.key && sign_key_decode(az->account.key, &az->key)) {
        buf_printf(why, "cannot open an azure store: the key of account '%s' is not base64; copy it again",
                   az->account.account);
        err = -EINVAL;
    }
    if (err == -ENOMEM)
        buf_str(why, "cannot open an azure store: out of memory");
    return err == -ENOMEM ? STORE_RETRY : err ? STORE_REFUSED : STORE_OK;
}

/* If the endpoint ends in a container's name, refuse any other container: the service would take it for an object's name in that
 * one. */
static enum store_result refuse_foreign(const struct azure *az, struct buf *why)
{
    const char *bound = az->account.container;
    if (!bound || !strcmp(bound, az->container))
        return STORE_OK;
    buf_printf(why,
               "cannot open an azure store: BlobEndpoint is of the container '%s', not of '%s'; give the account's",
               bound, az->container);
    return STORE_REFUSED;
}

/* Refuse http:// to other hosts, where anyone on the network could read a SAS and the runs. Permitted with the emulator's key,
 * which is no secret: a CI job's service container may run the emulator. */
static enum store_result refuse_exposed(const struct azure *az, struct buf *why)
{
    if (!endpoint_is_exposed(az->account.endpoint) || connstr_is_public(&az->account))
        return STORE_OK;
    buf_printf(why, "cannot open an azure store: '%s' would be asked without encryption; use https",
               az->account.endpoint);
    return STORE_REFUSED;
}

/* --- the backend --- */

/* Last step of opening: nothing is contacted before the first request. */
static enum store_result take_connection(struct store *store, const struct store_config *config, struct buf *why)
{
    struct azure *az = store->self;
    struct http_trust trust = {
        .file = variable(config, "CURL_CA_BUNDLE")}; /* as the tool curl does; libcurl does not look */
    if (!trust.file)
        trust = (struct http_trust){variable(config, "SSL_CERT_FILE"), variable(config, "SSL_CERT_DIR")};
    az->http = http_new(&trust);
    size_t prefix = strlen(az->prefix);
    if (asprintf(&store->label, "azure://%s%s%.*s (account %s)", az->container, prefix ? "/" : "",
                 (int)(prefix ? prefix - 1 : 0), az->prefix, az->account.account) < 0)
        store->label = NULL;
    az->label = store->label;
    if (az->http && az->label)
        return STORE_OK;
    buf_str(why, "cannot open an azure store: out of memory");
    return STORE_RETRY;
}

static enum store_result azure_open(struct store *store, const struct store_config *config, const char *rest,
                                    struct buf *why)
{
    struct azure *az = store->self = calloc(1, sizeof *az);
    if (!az) {
        buf_str(why, "cannot open an azure store: out of memory");
        return STORE_RETRY;
    }
    az->deadline_ms = config->deadline_ms;
    az->until_ms = config->until_ms;
    az->hurry = config->hurry;
    az->list_page = config->list_page ? config->list_page : LIST_PAGE;
    enum store_result result = take_url(az, rest, why);
    if (!result)
        result = take_account(az, config, why);
    if (!result)
        result = refuse_foreign(az, why);
    if (!result)
        result = refuse_exposed(az, why);
    if (!result)
        result = take_connection(store, config, why);
    return result;
}

/* Also called after a failed open: fields that were not set yet are NULL. */
static void azure_close(struct store *store)
{
    struct azure *az = store->self;
    if (!az)
        return;
    http_free(az->http);
    connstr_release(&az->account);
    wipe(&az->key, sizeof az->key);
    free(az->container);
    free(az->prefix);
    free(az);
}

/* The tag is taken from the last answer. A resumed read requires the tag of the first answer, so both are the same. */
static enum store_result azure_get(struct store *store, const char *name, store_sink_fn sink, void *ctx,
                                   struct buf *etag, struct buf *why)
{
    struct azure_op op;
    struct azure_call call = {.method = "GET", .name = name, .sink = sink, .ctx = ctx};
    azure_begin(&op, store->self, name, why);
    enum store_result result = azure_call(&op, &call);
    if (etag) {
        buf_clear(etag);
        buf_str(etag, result ? "" : call.reply.etag);
    }
    return result;
}

const struct store_backend azure_backend = {
    .scheme = "azure:",
    .open = azure_open,
    .close = azure_close,
    .put = azure_put,
    .get = azure_get,
    .list = azure_list,
};
