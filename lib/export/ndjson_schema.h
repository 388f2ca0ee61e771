/* SPDX-License-Identifier: MIT */
/* The keys of a row: what the writer and the reader of rows share. */
#ifndef EXPORT_NDJSON_SCHEMA_H
#define EXPORT_NDJSON_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

enum field_type {
    FIELD_TEXT, /* const char *; NULL is null */
    FIELD_INT,  /* int64_t; SPAN_NONE is null */
    FIELD_BOOL,
    FIELD_KIND, /* enum span_kind as its word */
    FIELD_END,  /* enum span_end as its word */
    FIELD_ARGS, /* args and argc: a list of strings */
    FIELD_RAW,  /* made from args, exe and cwd: a list of base64, or null when all of them are UTF-8 */
};

struct field {
    const char *key;
    const char *lead; /* the key as a row has it: ,"key": */
    size_t lead_len;
    enum field_type type;
    size_t offset; /* of the member in struct span */
    bool required; /* a row without it, or with null, is no row */
};

#define FIELD_COUNT 34

/* In the schema's order. */
extern const struct field fields[FIELD_COUNT];

/* Append the span's value of that field as JSON. */
void ndjson_put_value(struct buf *out, const struct span *span, const struct field *field);

#endif
