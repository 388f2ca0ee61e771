/* SPDX-License-Identifier: MIT */
/* Applies all rules to a command line, one after the other. Contains no rules itself. */
#include "redact/redact_line.h"

#include "redact/redact_buf.h"
#include "redact/redact_parts.h"

void redact_line_init(struct redact_line *line, const char *rules)
{
    *line = (struct redact_line){0};
    redact_init(&line->redactor, rules);
}

/* The rules of programs come first: they hide whole values, of which the others might hide only a part. */
void redact_line_put(struct buf *out, struct redact_line *line, const char *arg)
{
    auto_buf plain = BUF_EMPTY;
    if (redact_put_command(&plain, &line->command, arg, line->redactor.next == NEXT_TEXT))
        arg = buf_text(&plain);
    if (buf_error(&plain) && !out->error)
        out->error = buf_error(&plain);
    redact_put_arg(out, &line->redactor, arg);
}
