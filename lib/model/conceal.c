/* SPDX-License-Identifier: MIT */
/* Spans and summaries without secrets. Knows no spool and no format. */
#include "model/conceal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "redact/redact_line.h"

static void text_release(struct conceal_text *t)
{
    buf_release(&t->name);
    buf_release(&t->exe);
    buf_release(&t->cwd);
    buf_release(&t->args);
    free(t->words);
    *t = (struct conceal_text){0};
}

void conceal_release(struct conceal *c)
{
    text_release(&c->own);
    for (size_t i = 0; i < CONCEAL_KEPT; i++)
        text_release(&c->kept[i]);
}

/* A single string, such as a path. */
static void clean(const struct conceal *c, struct buf *room, const char *text)
{
    struct redact_line line;
    buf_clear(room);
    if (!text)
        return;
    redact_line_init(&line, c->rules);
    redact_line_put(room, &line, text);
}

static int make_room(struct conceal_text *t, size_t words)
{
    if (words <= t->words_cap)
        return 0;
    const char **more = realloc(t->words, words * sizeof *more);
    if (!more)
        return -ENOMEM;
    t->words = more;
    t->words_cap = words;
    return 0;
}

/* Redact the words of a command line into t->words. */
static int clean_words(const struct conceal *c, struct conceal_text *t, const char *const *words, size_t count)
{
    struct redact_line line;
    int err = make_room(t, count);
    if (err)
        return err;
    redact_line_init(&line, c->rules);
    buf_clear(&t->args);
    for (size_t i = 0; i < count; i++) {
        redact_line_put(&t->args, &line, words[i]);
        buf_char(&t->args, '\0');
    }
    const char *at = buf_text(&t->args);
    for (size_t i = 0; i < count && !t->args.error; at += strlen(at) + 1)
        t->words[i++] = at;
    return buf_error(&t->args);
}

static int error_of(const struct conceal_text *t)
{
    int err = buf_error(&t->name);
    if (!err)
        err = buf_error(&t->exe);
    return err ? err : buf_error(&t->cwd);
}

/* Its name came clean from the fold. */
static bool is_marked(const struct span *span)
{
    return span->kind == SPAN_TASK || span->kind == SPAN_MARK;
}

/* Redact all that a span says. */
static int clean_span(const struct conceal *c, struct conceal_text *t, const struct span *span)
{
    t->program = 0;
    clean(c, &t->name, is_marked(span) ? NULL : span->name);
    clean(c, &t->exe, span->exe);
    clean(c, &t->cwd, span->cwd);
    int err = span->argc && !c->keep_args ? clean_words(c, t, span->args, span->argc) : 0;
    if (!err)
        err = error_of(t);
    if (!err)
        t->program = span->program;
    return err;
}

int conceal_span(void *ctx, const struct span *span)
{
    struct conceal *c = ctx;
    struct span out = *span;
    struct conceal_text *t = span->program ? &c->kept[span->program % CONCEAL_KEPT] : &c->own;
    int err = span->program && t->program == span->program ? 0 : clean_span(c, t, span);
    if (err)
        return err;
    if (!is_marked(span))
        out.name = buf_text(&t->name);
    if (span->exe)
        out.exe = buf_text(&t->exe);
    if (span->cwd)
        out.cwd = buf_text(&t->cwd);
    if (span->argc && !c->keep_args)
        out.args = t->words;
    return c->emit(c->emit_ctx, &out);
}

/* Replace a string of the summary's. */
static int clean_own(struct conceal *c, char **text)
{
    if (!*text)
        return 0;
    clean(c, &c->own.name, *text);
    char *made = strdup(buf_text(&c->own.name));
    if (!made)
        return -ENOMEM;
    free(*text);
    *text = made;
    return buf_error(&c->own.name);
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
        err = clean_words(c, &c->own, (const char *const *)s->command, count);
    return err || !count || c->keep_args ? err : summary_set_command(s, c->own.words, count);
}
