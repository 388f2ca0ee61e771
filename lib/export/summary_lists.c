/* SPDX-License-Identifier: MIT */
/* Lists of named things with numbers. One table says what each has, for the writer and for the reader. */
#include "export/summary_lists.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_write.h"

struct member {
    const char *key;
    size_t offset; /* of an int64_t in the element */
};

/* Elements start with a heap string, their name. */
struct list {
    const char *key;
    size_t at, len_at; /* offsets of the array and of its length in struct summary */
    size_t size, max;
    const struct member *members;
    size_t members_len;
};

static const struct member task_members[] = {
    {"count", offsetof(struct summary_task, count)},           {"total_ns", offsetof(struct summary_task, total_ns)},
    {"longest_ns", offsetof(struct summary_task, longest_ns)}, {"cpu_us", offsetof(struct summary_task, cpu_us)},
    {"failed", offsetof(struct summary_task, failed)},
};

static const struct member command_members[] = {
    {"count", offsetof(struct summary_command, count)},
    {"cpu_us", offsetof(struct summary_command, cpu_us)},
    {"own_ns", offsetof(struct summary_command, own_ns)},
    {"longest_ns", offsetof(struct summary_command, longest_ns)},
};

static const struct member share_members[] = {
    {"count", offsetof(struct summary_share, count)},
    {"path_ns", offsetof(struct summary_share, path_ns)},
};

static const struct list lists[] = {
    {"tasks", offsetof(struct summary, task_list), offsetof(struct summary, task_list_len), sizeof(struct summary_task),
     SUMMARY_TASKS_MAX, task_members, ARRAY_LEN(task_members)},
    {"commands", offsetof(struct summary, commands), offsetof(struct summary, commands_len),
     sizeof(struct summary_command), SUMMARY_COMMANDS_MAX, command_members, ARRAY_LEN(command_members)},
    {"path", offsetof(struct summary, path), offsetof(struct summary, path_len), sizeof(struct summary_share),
     SUMMARY_SHARES_MAX, share_members, ARRAY_LEN(share_members)},
    {"derived_tasks", offsetof(struct summary, derived), offsetof(struct summary, derived_len),
     sizeof(struct summary_task), SUMMARY_TASKS_MAX, task_members, ARRAY_LEN(task_members)},
};

static const struct member parallelism_members[] = {
    {"mean_centi", offsetof(struct summary_parallelism, mean_centi)},
    {"busy_centi", offsetof(struct summary_parallelism, busy_centi)},
    {"idle_ns", offsetof(struct summary_parallelism, idle_ns)},
};

_Static_assert(!offsetof(struct summary_task, name) && !offsetof(struct summary_command, name) &&
                   !offsetof(struct summary_share, name),
               "elements start with their names");

static void put_numbers(struct buf *out, const char *element, const struct member *members, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        buf_printf(out, "%s\"%s\":", i ? "," : "", members[i].key);
        json_put_int_or_null(out, *(const int64_t *)(const void *)(element + members[i].offset));
    }
}

static void put_list(struct buf *out, const struct summary *s, const struct list *list)
{
    const char *base = (const char *)s, *elements = *(const char *const *)(const void *)(base + list->at);
    size_t len = *(const size_t *)(const void *)(base + list->len_at);
    buf_printf(out, ",\"%s\":[", list->key);
    for (size_t i = 0; i < len; i++) {
        const char *element = elements + i * list->size;
        buf_str(out, i ? ",{\"name\":" : "{\"name\":");
        json_put_string(out, *(const char *const *)(const void *)element);
        buf_char(out, ',');
        put_numbers(out, element, list->members, list->members_len);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

/* null where it is not known: a summary of a run that was too large, or one of an earlier version. */
static void put_parallelism(struct buf *out, const struct summary *s)
{
    buf_str(out, ",\"parallelism\":");
    if (!s->has_parallelism) {
        buf_str(out, "null");
        return;
    }
    buf_char(out, '{');
    put_numbers(out, (const char *)&s->parallelism, parallelism_members, ARRAY_LEN(parallelism_members));
    buf_str(out, ",\"curve_centi\":[");
    for (size_t i = 0; i < SUMMARY_CURVE; i++)
        buf_printf(out, "%s%lld", i ? "," : "", (long long)s->parallelism.curve_centi[i]);
    buf_str(out, "]}");
}

void summary_lists_put(struct buf *out, const struct summary *s)
{
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        put_list(out, s, &lists[i]);
    put_parallelism(out, s);
}

/* What is no number, or is not there, is 0. */
static void take_numbers(const struct json *object, char *element, const struct member *members, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        int64_t *number = (void *)(element + members[i].offset);
        if (!json_int(json_get(object, members[i].key), number))
            *number = 0;
    }
}

static int take_list(const struct json *array, struct summary *s, const struct list *list)
{
    char *base = (char *)s;
    char **elements = (void *)(base + list->at);
    size_t *len = (void *)(base + list->len_at);
    for (const struct json *item = json_first(array); item && *len < list->max; item = json_next(item)) {
        const char *name = json_text(json_get(item, "name"));
        if (!name)
            continue;
        if (!*elements)
            *elements = calloc(list->max, list->size);
        if (!*elements)
            return -ENOMEM;
        char *element = *elements + *len * list->size;
        char **copy = (void *)element;
        *copy = strdup(name);
        if (!*copy)
            return -ENOMEM;
        take_numbers(item, element, list->members, list->members_len);
        ++*len;
    }
    return 0;
}

static void take_parallelism(const struct json *object, struct summary *s)
{
    const struct json *curve = json_first(json_get(object, "curve_centi"));
    if (!curve)
        return;
    s->has_parallelism = true;
    take_numbers(object, (char *)&s->parallelism, parallelism_members, ARRAY_LEN(parallelism_members));
    for (size_t i = 0; i < SUMMARY_CURVE && curve; i++, curve = json_next(curve))
        if (!json_int(curve, &s->parallelism.curve_centi[i]))
            s->parallelism.curve_centi[i] = 0;
}

int summary_lists_take(const struct json *root, struct summary *s)
{
    int err = 0;
    for (size_t i = 0; i < ARRAY_LEN(lists) && !err; i++)
        err = take_list(json_get(root, lists[i].key), s, &lists[i]);
    take_parallelism(json_get(root, "parallelism"), s);
    return err;
}
