/* SPDX-License-Identifier: MIT */
/* Writing protocol buffers: fields into a buffer, messages by their length. Knows no message. */
#ifndef EXPORT_PROTOBUF_H
#define EXPORT_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Append a field that is a varint: integers, booleans, enums. */
void protobuf_uint(struct buf *out, uint32_t field, uint64_t value);

/* Append a field of 8 bytes, such as a fixed64. */
void protobuf_fixed64(struct buf *out, uint32_t field, uint64_t value);

/* Append a field of bytes. */
void protobuf_bytes(struct buf *out, uint32_t field, const void *bytes, size_t len);

/* Append a field that is a string, which must be UTF-8. */
void protobuf_text(struct buf *out, uint32_t field, const char *text);

/* Append a field that is a message, whose own fields are in `message`; that is empty afterwards. An error of
 * it goes over. */
void protobuf_message(struct buf *out, uint32_t field, struct buf *message);

#endif
