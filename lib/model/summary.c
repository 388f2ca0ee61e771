/* SPDX-License-Identifier: MIT */
/* Lifetime of a summary and of what it owns. Knows no format. */
#include "model/summary.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void summary_init(struct summary *s)
{
    *s = (struct summary){.end_by = SPAN_END_RUNNING,
                          .exit_code = SPAN_NONE,
                          .signal = SPAN_NONE,
                          .maxrss_kb = SPAN_NONE,
                          .coverage = {.explained_ns = SPAN_NONE, .explained_percent = SPAN_NONE}};
}

int summary_add_fact(struct summary_fact **facts, size_t *len, const char *key, const char *value)
{
    struct summary_fact *more = realloc(*facts, (*len + 1) * sizeof *more);
    if (!more)
        return -ENOMEM;
    *facts = more;
    more[*len] = (struct summary_fact){.key = strdup(key), .value = strdup(value)};
    if (more[*len].key && more[*len].value) {
        ++*len;
        return 0;
    }
    free(more[*len].key);
    free(more[*len].value);
    return -ENOMEM;
}

const char *summary_fact(const struct summary_fact *facts, size_t len, const char *key)
{
    for (size_t i = 0; i < len; i++)
        if (!strcmp(facts[i].key, key))
            return facts[i].value;
    return NULL;
}

static void free_facts(struct summary_fact *facts, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        free(facts[i].key);
        free(facts[i].value);
    }
    free(facts);
}

static void free_command(char *const *command)
{
    for (char *const *word = command; word && *word; word++)
        free(*word);
    free((void *)(uintptr_t)command);
}

int summary_set_command(struct summary *s, const char *const *args, size_t argc)
{
    char **copy = calloc(argc + 1, sizeof *copy);
    if (!copy)
        return -ENOMEM;
    for (size_t i = 0; i < argc; i++) {
        copy[i] = strdup(args[i]);
        if (!copy[i]) {
            free_command(copy);
            return -ENOMEM;
        }
    }
    free_command(s->command);
    s->command = copy;
    return 0;
}

static void free_lists(struct summary *s)
{
    for (size_t i = 0; i < s->task_list_len; i++)
        free(s->task_list[i].name);
    for (size_t i = 0; i < s->derived_len; i++)
        free(s->derived[i].name);
    free(s->derived);
    for (size_t i = 0; i < s->commands_len; i++)
        free(s->commands[i].name);
    for (size_t i = 0; i < s->path_len; i++)
        free(s->path[i].name);
    free(s->task_list);
    free(s->commands);
    free(s->path);
}

void summary_release(struct summary *s)
{
    free_lists(s);
    blind_release(&s->coverage.blind);
    free(s->name);
    free(s->cwd);
    free(s->spans_object);
    free_command(s->command);
    free_facts(s->host, s->host_len);
    free_facts(s->ci, s->ci_len);
    summary_init(s);
}
