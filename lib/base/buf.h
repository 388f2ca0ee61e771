/* SPDX-License-Identifier: MIT */
/* A growing byte buffer with a size limit. The first error is remembered: append freely, then check once with buf_error(). */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "sys/attr.h"

struct buf {
    char *data;   /* NUL-terminated whenever non-NULL; the NUL is not counted */
    size_t len;   /* bytes in use */
    size_t cap;   /* bytes allocated */
    size_t limit; /* maximum of len; 0 = BUF_LIMIT_DEFAULT */
    int error;    /* first failure: -ENOMEM or -EFBIG; later writes are ignored */
};

#define BUF_LIMIT_DEFAULT ((size_t)64 << 20)
#define BUF_EMPTY ((struct buf){0})
#define auto_buf __attribute__((cleanup(buf_release))) struct buf

/* Free the buffer's memory and reset it to empty, keeping the limit. NULL data is fine. */
void buf_release(struct buf *b);

/* Discard the contents and the error, keep the memory. */
void buf_clear(struct buf *b);

/* Append `len` bytes. */
void buf_add(struct buf *b, const void *bytes, size_t len);

/* Append a NUL-terminated string. */
void buf_str(struct buf *b, const char *text);

/* Append one byte. */
void buf_char(struct buf *b, char c);

/* Append formatted text. */
void buf_printf(struct buf *b, const char *fmt, ...) printf_like(2, 3);

/* Append formatted text from a va_list, which is consumed. */
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) printf_like(2, 0);

/* 0, or the first error that happened since the last clear: -ENOMEM, or -EFBIG at the limit. */
must_check int buf_error(const struct buf *b);

/* The contents as a string, never NULL; owned by the buffer, valid until its next change. */
const char *buf_text(const struct buf *b);

/* Move the contents out as a heap string, which the caller frees; the buffer becomes empty. NULL when out of memory. Check
 * buf_error() first: after an error the contents are incomplete. */
must_check char *buf_take(struct buf *b);

#endif
