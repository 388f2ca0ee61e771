/* SPDX-License-Identifier: MIT */
/* Growing byte buffer: owns its memory, knows nothing of its content. */
#include "base/buf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t buf_limit(const struct buf *b)
{
    return b->limit ? b->limit : BUF_LIMIT_DEFAULT;
}

/* Make room for `more` bytes and the terminating NUL. 0, or the error, which is also remembered. */
static int buf_reserve(struct buf *b, size_t more)
{
    if (b->error)
        return b->error;
    if (more > buf_limit(b) - b->len)
        return b->error = -EFBIG;
    size_t need = b->len + more + 1;
    if (need <= b->cap)
        return 0;
    size_t cap = MAX(need, b->cap * 2);
    char *data = realloc(b->data, MAX(cap, (size_t)64));
    if (!data)
        return b->error = -ENOMEM;
    b->data = data;
    b->cap = MAX(cap, (size_t)64);
    return 0;
}

void buf_release(struct buf *b)
{
    free(b->data);
    *b = (struct buf){.limit = b->limit};
}

/* Keeps the memory for the next text. The error belonged to the discarded text. */
void buf_clear(struct buf *b)
{
    b->len = 0;
    b->error = 0;
    if (b->data)
        b->data[0] = '\0';
}

/* The text is always NUL-terminated, so that it can be read as a string at any time. */
void buf_add(struct buf *b, const void *bytes, size_t len)
{
    if (buf_reserve(b, len))
        return;
    if (len)
        memcpy(b->data + b->len, bytes, len);
    b->len += len;
    b->data[b->len] = '\0';
}

void buf_str(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void buf_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

/* Formats twice: the first time for the length, so that the memory is allocated once and nothing is truncated. */
void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (len < 0 || buf_reserve(b, (size_t)len))
        return;
    vsnprintf(b->data + b->len, (size_t)len + 1, fmt, ap);
    b->len += (size_t)len;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(b, fmt, ap);
    va_end(ap);
}

int buf_error(const struct buf *b)
{
    return b->error;
}

const char *buf_text(const struct buf *b)
{
    return b->data ? b->data : "";
}

char *buf_take(struct buf *b)
{
    char *out = b->data ? b->data : strdup("");
    *b = (struct buf){.limit = b->limit};
    return out;
}
