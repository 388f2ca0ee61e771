/* SPDX-License-Identifier: MIT */
/* Spans and marks -> collection values. Later ones of the same name follow earlier ones, and so win. */
#include "run/values.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "spool/mark_clean.h"

void values_release(struct values *v)
{
    for (size_t i = 0; i < v->len; i++) {
        free((void *)(uintptr_t)v->list[i].name);
        free((void *)(uintptr_t)v->list[i].json);
    }
    free(v->list);
    *v = (struct values){0};
}

/* An entry counts as soon as it is in the list, even without its copies: values_release() then frees what there is. */
int values_add(struct values *v, const char *name, const char *json)
{
    if (v->len == v->cap) {
        size_t cap = v->cap ? v->cap * 2 : 16;
        struct collection_value *list = realloc(v->list, cap * sizeof *list);
        if (!list)
            return -ENOMEM;
        v->list = list;
        v->cap = cap;
    }
    struct collection_value value = {strdup(name), strdup(json)};
    v->list[v->len++] = value;
    return value.name && value.json ? 0 : -ENOMEM;
}

/* A task's duration in whole milliseconds, under its name; one that nobody ended says nothing about how long it takes. */
int values_take_span(struct values *v, const struct span *span)
{
    if (span->kind != SPAN_TASK || span->end_by != SPAN_END_MARK)
        return 0;
    char ms[24];
    snprintf(ms, sizeof ms, "%lld", (long long)((span->dur_ns + 500000) / 1000000));
    return values_add(v, span->name, ms);
}

/* Values on their way from a marker file. */
struct taking {
    struct values *to;
    const char *rules;
};

/* Cleaned as in the rows: the collection is read by more people than a run is. */
static int take_set(void *ctx, const struct mark_line *line)
{
    const struct taking *taking = ctx;
    auto_mark_clean clean = {0};
    auto_buf json = BUF_EMPTY;
    if (line->fault || line->mark.verb != MARK_SET)
        return 0;
    int err = mark_clean_set(&clean, &line->mark, taking->rules);
    if (!err)
        err = json_put_typed(&json, clean.mark.value ? clean.mark.value : "");
    return err ? err : values_add(taking->to, clean.mark.name, buf_text(&json));
}

int values_take_marks(struct values *v, int marks_fd, const char *rules)
{
    int64_t bad;
    struct taking taking = {v, rules};
    return marks_fd < 0 ? 0 : marks_read(marks_fd, take_set, &taking, &bad);
}
