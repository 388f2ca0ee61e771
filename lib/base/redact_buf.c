/* SPDX-License-Identifier: MIT */
/* Redacted text into buffers. Judges nothing. */
#include "base/redact_buf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"

/* Redact as the next argument of `r`, or where there is none as text. */
static void put(struct buf *out, struct redactor *r, const char *rules, const char *text)
{
    size_t len = strlen(text), room = REDACT_ROOM(len);
    auto_free char *made = malloc(room);
    if (made)
        buf_add(out, made,
                r ? redact_arg(r, text, len, made, room) : redact_text(rules, text, len, made, room));
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
