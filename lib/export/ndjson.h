/* SPDX-License-Identifier: MIT */
/* A span as one row of the public schema, both ways. The table in ndjson.c is that schema. */
#ifndef EXPORT_NDJSON_H
#define EXPORT_NDJSON_H

#include <stddef.h>

#include "base/buf.h"
#include "model/span.h"
#include "sys/attr.h"

/* A span read back from a row, with the memory its strings live in. Reused from row to row. */
struct ndjson_row {
    struct span span; /* valid until the next parse or the release */
    char *text;       /* the strings */
    size_t text_room;
    const char **list; /* args, then what args_raw holds */
    size_t list_room;
};

#define NDJSON_ROW_EMPTY ((struct ndjson_row){0})
#define auto_ndjson_row __attribute__((cleanup(ndjson_release))) struct ndjson_row

/* Append the span as one row with its newline: every key, in the schema's order, valid UTF-8 whatever the
 * strings hold. Errors stick in the buffer. */
void ndjson_put(struct buf *out, const struct span *span);

/* Read one row, with or without its newline, into row->span. Keys may come in any order, only args before
 * args_raw, and unknown ones are passed over. Where args_raw has the original bytes, the span gets those. 0;
 * -EINVAL when the row is not JSON, lacks its ids, kind, name, start or end_by, or holds a value of a wrong
 * type; -E2BIG when it is nested too deep; -ENOMEM. On error row->span holds nothing of use. */
must_check int ndjson_parse(struct ndjson_row *row, const char *line, size_t len);

/* Free the row's memory and make it empty. */
void ndjson_release(struct ndjson_row *row);

/* How many keys a row has. */
size_t ndjson_keys(void);

/* The name of a key, counted from 0 in the schema's order. */
const char *ndjson_key(size_t index);

#endif
