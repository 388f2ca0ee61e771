/* SPDX-License-Identifier: MIT */
/* Spans and summaries without secrets. Knows no spool and no format. */
#include "model/conceal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/redact_line.h"

void conceal_release(struct conceal *c)
{
    buf_release(&c->name);
    buf_release(&c->exe);
    buf_release(&c->cwd);
    buf_release(&c->args);
    free(c->words);
    c->words = NULL;
    c->words_cap = 0;
}

/* A single string, such as a path. */
static const char *clean(const struct conceal *c, struct buf *room, const char *text)
{
    struct redact_line line;
    if (!text)
        return NULL;
    redact_line_init(&line, c->rules);
    buf_clear(room);
    redact_line_put(room, &line, text);
    return buf_text(room);
}

static int make_room(struct conceal *c, size_t words)
{
    if (words <= c->words_cap)
        return 0;
    const char **more = realloc(c->words, words * sizeof *more);
    if (!more)
        return -ENOMEM;
    c->words = more;
    c->words_cap = words;
    return 0;
}

/* Redact the words of a command line into c->words. */
static int clean_words(struct conceal *c, const char *const *words, size_t count)
{
    struct redact_line line;
    int err = make_room(c, count);
    if (err)
        return err;
    redact_line_init(&line, c->rules);
    buf_clear(&c->args);
    for (size_t i = 0; i < count; i++) {
        redact_line_put(&c->args, &line, words[i]);
        buf_char(&c->args, '\0');
    }
    const char *at = buf_text(&c->args);
    for (size_t i = 0; i < count && !c->args.error; at += strlen(at) + 1)
        c->words[i++] = at;
    return buf_error(&c->args);
}

static int error_of(const struct conceal *c)
{
    int err = buf_error(&c->name);
    if (!err)
        err = buf_error(&c->exe);
    return err ? err : buf_error(&c->cwd);
}

int conceal_span(void *ctx, const struct span *span)
{
    struct conceal *c = ctx;
    struct span out = *span;
    int err = 0;
    if (span->kind != SPAN_TASK && span->kind != SPAN_MARK)
        out.name = clean(c, &c->name, span->name);
    out.exe = clean(c, &c->exe, span->exe);
    out.cwd = clean(c, &c->cwd, span->cwd);
    if (span->argc && !c->keep_args) {
        err = clean_words(c, span->args, span->argc);
        out.args = c->words;
    }
    if (!err)
        err = error_of(c);
    return err ? err : c->emit(c->emit_ctx, &out);
}

/* Replace a string of the summary's. */
static int clean_own(struct conceal *c, char **text)
{
    char *made = *text ? strdup(clean(c, &c->name, *text)) : NULL;
    if (*text && !made)
        return -ENOMEM;
    free(*text);
    *text = made;
    return buf_error(&c->name);
}

int conceal_summary(struct conceal *c, struct summary *s)
{
    size_t count = 0;
    while (s->command && s->command[count])
        count++;
    int err = clean_own(c, &s->name);
    if (!err)
        err = clean_own(c, &s->cwd);
    if (!err && count && !c->keep_args)
        err = clean_words(c, (const char *const *)s->command, count);
    return err || !count || c->keep_args ? err : summary_set_command(s, c->words, count);
}
