/* SPDX-License-Identifier: MIT */
/* Appends redacted text to buffers. Contains no rules. */
#include "redact/redact_buf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "redact/redact_more.h"

/* Redact `text` as the next argument of `r`, or as free text when `r` is NULL. */
static void put(struct buf *out, struct redactor *r, const char *rules, const char *text)
{
    auto_buf plain = BUF_EMPTY;
    const char *in = redact_put_forms(&plain, text) ? buf_text(&plain) : text;
    size_t len = strlen(in), room = REDACT_ROOM(len);
    auto_free char *made = buf_error(&plain) ? NULL : malloc(room);
    if (made)
        buf_add(out, made, r ? redact_arg(r, in, len, made, room) : redact_text(rules, in, len, made, room));
    else if (!out->error)
        out->error = -ENOMEM;
}

void redact_put_text(struct buf *out, const char *rules, const char *text)
{
    put(out, NULL, rules, text);
}

void redact_put_arg(struct buf *out, struct redactor *r, const char *arg)
{
    put(out, r, NULL, arg);
}
