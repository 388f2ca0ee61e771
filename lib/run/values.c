/* SPDX-License-Identifier: MIT */
/* Spans and marks -> collection values. Later ones of the same name replace earlier ones. */
#include "run/values.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void values_release(struct values *v)
{
    for (size_t i = 0; i < v->len; i++) {
        free((void *)(uintptr_t)v->list[i].name);
        free((void *)(uintptr_t)v->list[i].json);
    }
    free(v->list);
    lookup_release(&v->by_name);
    *v = (struct values){0};
}

static const char *name_of(const void *ctx, size_t index)
{
    const struct values *v = ctx;
    return v->list[index].name;
}

/* Replace an earlier value by a copy of `json`. */
static int replace(struct values *v, struct collection_value *old, const char *json)
{
    char *copy = strdup(json);
    if (!copy)
        return -ENOMEM;
    v->bytes += strlen(json) - strlen(old->json);
    free((void *)(uintptr_t)old->json);
    old->json = copy;
    return 0;
}

/* The entry is counted even if a copy fails, so that values_release() frees the other one. */
static int append(struct values *v, const char *name, const char *json)
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
    v->bytes += strlen(name) + strlen(json);
    return value.name && value.json ? lookup_add(&v->by_name, name_of, v, v->len - 1) : -ENOMEM;
}

int values_add(struct values *v, const char *name, const char *json)
{
    size_t at = lookup_find(&v->by_name, name_of, v, name), more = strlen(json);
    size_t less = at == LOOKUP_NONE ? 0 : strlen(v->list[at].json);
    if (at == LOOKUP_NONE)
        more += strlen(name);
    if (v->bytes - less + more > VALUES_BYTES_MAX || (at == LOOKUP_NONE && v->len == VALUES_MAX)) {
        v->missed++;
        return 0;
    }
    return at == LOOKUP_NONE ? append(v, name, json) : replace(v, &v->list[at], json);
}

/* A task's duration in whole milliseconds, under its name. A task without an end mark has no known duration. */
static int take_task(struct values *v, const struct span *span)
{
    char ms[24];
    if (span->end_by != SPAN_END_MARK)
        return 0;
    snprintf(ms, sizeof ms, "%lld", (long long)((span->dur_ns + 500000) / 1000000));
    return values_add(v, span->name, ms);
}

int values_take_span(struct values *v, const struct span *span)
{
    if (span->kind == SPAN_TASK)
        return take_task(v, span);
    if (span->kind != SPAN_MARK || !span->is_set)
        return 0;
    return values_add(v, span->name, span->value ? span->value : "\"\"");
}
