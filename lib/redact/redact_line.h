/* SPDX-License-Identifier: MIT */
/* The redactor of command lines for the fold, which runs once per run and can take longer than the shim: it applies all rules of
 * the shim, the forms of redact_forms.c, and the programs of redact_rules.c. */
#ifndef REDACT_REDACT_LINE_H
#define REDACT_REDACT_LINE_H

#include "base/buf.h"
#include "redact/redact.h"
#include "redact/redact_more.h"

/* The state of one command line. Initialise with redact_line_init(). */
struct redact_line {
    struct redactor redactor;
    struct redact_command command;
};

/* Start a command line; `rules` as for redact_init(). */
void redact_line_init(struct redact_line *line, const char *rules);

/* Append the redacted form of the next argument; see redact_arg(). */
void redact_line_put(struct buf *out, struct redact_line *line, const char *arg);

#endif
