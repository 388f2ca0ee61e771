/* SPDX-License-Identifier: MIT */
/* Lists a container, page by page. Memory holds one page. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/net/azure.h"
#include "store/net/azure_xml.h"

/* The state of a listing. */
struct walk {
    struct azure_op op;
    struct buf page, marker, prefix;
    store_list_fn each;
    void *ctx;
    bool stopped; /* the callback stopped the listing */
};

static int on_blob(void *ctx, const struct store_entry *blob)
{
    struct walk *w = ctx;
    size_t skip = strlen(w->op.az->prefix);
    if (strncmp(blob->name, w->op.az->prefix, skip))
        return -EBADMSG; /* the name does not have the requested prefix */
    int stop = w->each(w->ctx, &(struct store_entry){.name = blob->name + skip, .size = blob->size});
    w->stopped = stop;
    return stop;
}

/* Request one page and pass its blobs on. The marker is opaque: it is kept as received, whatever its length. */
static enum store_result read_page(struct walk *w)
{
    char count[16];
    snprintf(count, sizeof count, "%u", w->op.az->list_page);
    struct name_value all[] = {{"comp", "list"},
                               {"marker", buf_text(&w->marker)},
                               {"maxresults", count},
                               {"prefix", buf_text(&w->prefix)},
                               {"restype", "container"}};
    struct azure_call call = {.method = "GET", .collect = &w->page};
    memcpy(call.params, all, sizeof all);
    enum store_result result = azure_call(&w->op, &call);
    if (result)
        return result;
    int err = azure_xml_list(buf_text(&w->page), w->page.len, on_blob, w, &w->marker);
    if (!err || w->stopped)
        return STORE_OK;
    azure_explain(&w->op, "the service's answer is not a list of blobs");
    return STORE_REFUSED;
}

static enum store_result walk(struct walk *w)
{
    for (;;) {
        enum store_result result = read_page(w);
        if (result || w->stopped || !w->marker.len)
            return result;
    }
}

enum store_result azure_list(struct store *store, const char *prefix, store_list_fn each, void *ctx, struct buf *why)
{
    struct walk w = {.each = each, .ctx = ctx};
    azure_begin(&w.op, store->self, prefix, why);
    w.op.verb = "list";
    buf_printf(&w.prefix, "%s%s", w.op.az->prefix, prefix);
    enum store_result result = walk(&w);
    if (result == STORE_MISSING) { /* no container yet: an empty listing */
        buf_clear(why);
        result = STORE_OK;
    }
    buf_release(&w.page);
    buf_release(&w.marker);
    buf_release(&w.prefix);
    return result;
}
