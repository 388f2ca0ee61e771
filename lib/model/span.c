/* SPDX-License-Identifier: MIT */
/* The words for kinds and witnesses. Knows no format. */
#include "model/span.h"

#include <string.h>

static const char *const kinds[] = {
    [SPAN_RUN] = "run",
    [SPAN_PROCESS] = "process",
    [SPAN_TASK] = "task",
    [SPAN_MARK] = "mark",
};

static const char *const ends[] = {
    [SPAN_END_SELF] = "self",         [SPAN_END_PARENT] = "parent",   [SPAN_END_EXEC] = "exec",
    [SPAN_END_INFERRED] = "inferred", [SPAN_END_RUNNING] = "running", [SPAN_END_MARK] = "mark",
    [SPAN_END_RUN] = "run",           [SPAN_END_DERIVED] = "derived",
};

/* The index of the word in a list, or -1. */
static int find_word(const char *const *words, size_t len, const char *word)
{
    for (size_t i = 0; i < len; i++)
        if (!strcmp(words[i], word))
            return (int)i;
    return -1;
}

const char *span_kind_word(enum span_kind kind)
{
    return kinds[kind];
}

const char *span_end_word(enum span_end end)
{
    return ends[end];
}

bool span_kind_parse(const char *word, enum span_kind *out)
{
    int i = find_word(kinds, ARRAY_LEN(kinds), word);
    if (i >= 0)
        *out = (enum span_kind)i;
    return i >= 0;
}

bool span_end_parse(const char *word, enum span_end *out)
{
    int i = find_word(ends, ARRAY_LEN(ends), word);
    if (i >= 0)
        *out = (enum span_end)i;
    return i >= 0;
}
