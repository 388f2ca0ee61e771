/* SPDX-License-Identifier: MIT */
/* Redacts marks. Knows no file. */
#include "spool/mark_clean.h"

#include <ctype.h>
#include <string.h>

#include "redact/redact_buf.h"

void mark_clean_release(struct mark_clean *clean)
{
    buf_release(&clean->name);
    buf_release(&clean->value);
}

/* The value as what follows an option of that name: `set db_password X` is `--db_password X`. Values of a task have names of
 * their own, whatever it is called. */
static void put_value(struct buf *out, const struct mark *mark, const char *rules)
{
    char option[MARK_NAME_MAX + 3] = "--", unused_text[REDACT_ROOM(sizeof option)];
    struct redactor r;
    size_t len = 2;
    for (const char *name = mark->verb == MARK_END ? "values" : mark->name; *name && len < sizeof option - 1; name++)
        option[len++] = isspace((unsigned char)*name) ? '-' : *name;
    option[len] = '\0';
    redact_init(&r, rules);
    redact_arg(&r, option, len, unused_text, sizeof unused_text);
    redact_put_arg(out, &r, mark->value);
}

int mark_clean_set(struct mark_clean *clean, const struct mark *mark, const char *rules)
{
    buf_clear(&clean->name);
    buf_clear(&clean->value);
    redact_put_text(&clean->name, rules, mark->name);
    if (mark->value)
        put_value(&clean->value, mark, rules);
    clean->mark = *mark;
    clean->mark.name = buf_text(&clean->name);
    clean->mark.value = mark->value ? buf_text(&clean->value) : NULL;
    return buf_error(&clean->name) ? buf_error(&clean->name) : buf_error(&clean->value);
}
