/* SPDX-License-Identifier: MIT */
/* Varints, and what is made of them. */
#include "export/protobuf.h"

#include <string.h>

enum wire_type { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2 };

static void put_varint(struct buf *out, uint64_t value)
{
    char bytes[10];
    size_t len = 0;
    for (; value >= 0x80; value >>= 7)
        bytes[len++] = (char)(value | 0x80);
    bytes[len++] = (char)value;
    buf_add(out, bytes, len);
}

static void put_tag(struct buf *out, uint32_t field, enum wire_type type)
{
    put_varint(out, (uint64_t)field << 3 | type);
}

void protobuf_uint(struct buf *out, uint32_t field, uint64_t value)
{
    put_tag(out, field, WIRE_VARINT);
    put_varint(out, value);
}

void protobuf_fixed64(struct buf *out, uint32_t field, uint64_t value)
{
    char bytes[8];
    put_tag(out, field, WIRE_FIXED64);
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(value >> 8 * i);
    buf_add(out, bytes, sizeof bytes);
}

void protobuf_bytes(struct buf *out, uint32_t field, const void *bytes, size_t len)
{
    put_tag(out, field, WIRE_BYTES);
    put_varint(out, len);
    buf_add(out, bytes, len);
}

void protobuf_text(struct buf *out, uint32_t field, const char *text)
{
    protobuf_bytes(out, field, text, strlen(text));
}

void protobuf_message(struct buf *out, uint32_t field, struct buf *message)
{
    if (buf_error(message) && !buf_error(out))
        out->error = message->error;
    protobuf_bytes(out, field, message->data, message->len);
    buf_clear(message);
}
