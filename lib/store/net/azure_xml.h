/* SPDX-License-Identifier: MIT */
/* Parsers for two XML replies of Azure Blob. Pure text. */
#ifndef STORE_NET_AZURE_XML_H
#define STORE_NET_AZURE_XML_H

#include <stddef.h>

#include "base/buf.h"
#include "store/store.h"
#include "sys/attr.h"

/* Parse a List Blobs reply: call `each` for every blob, with its name unescaped, and put the marker of the next page into `marker`
 * (empty on the last page). 0; the result of `each` if it stopped; -EBADMSG when this is not such a reply or is truncated; -ENOMEM.
 * Blobs before an error have been passed to `each` already. */
must_check int azure_xml_list(const char *xml, size_t len, store_list_fn each, void *ctx, struct buf *marker);

/* Append the <Code> of an error reply to `code`; nothing when there is none. */
nonnull void azure_xml_error(const char *xml, size_t len, struct buf *code);

#endif
