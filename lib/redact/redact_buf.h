/* SPDX-License-Identifier: MIT */
/* The redactor with growing buffers, for code outside the shim. It also recognises the forms of redact_forms.c. */
#ifndef REDACT_REDACT_BUF_H
#define REDACT_REDACT_BUF_H

#include "base/buf.h"
#include "redact/redact.h"

/* Append the redacted form of a text; `rules` as for redact_text(). */
void redact_put_text(struct buf *out, const char *rules, const char *text);

/* Append the redacted form of a command line's next argument; see redact_arg(). */
void redact_put_arg(struct buf *out, struct redactor *r, const char *arg);

#endif
