/* SPDX-License-Identifier: MIT */
/* Any bytes as a reply of the blob service: entries have names, a fault is one of the documented ones. */
#include <errno.h>
#include <string.h>

#include "store/net/azure_xml.h"

#include "fuzz.h"

static int check_entry(void *ctx, const struct store_entry *entry)
{
    ++*(size_t *)ctx;
    PROMISE(entry->name && *entry->name);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t entries = 0;
    auto_buf marker = BUF_EMPTY, code = BUF_EMPTY;
    int err = azure_xml_list((const char *)data, size, check_entry, &entries, &marker);
    PROMISE(!err || err == -EBADMSG);
    PROMISE(entries * strlen("<Blob><Name>a</Name></Blob>") <= size);
    PROMISE(marker.len <= size);
    azure_xml_error((const char *)data, size, &code);
    PROMISE(code.len <= size);
    return 0;
}
