/* SPDX-License-Identifier: MIT */
/* Reads files of environments, and hands each environment out once. */
#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MAX 32

static char *settings_read(FILE *file, size_t *len)
{
    if (fseek(file, 0, SEEK_END))
        return NULL;
    long size = ftell(file);
    char *text = size > 0 ? malloc((size_t)size) : NULL;
    rewind(file);
    if (text && fread(text, 1, (size_t)size, file) == (size_t)size) {
        *len = (size_t)size;
        return text;
    }
    free(text);
    return NULL;
}

/* Behind the environment at `at`. */
static char *settings_skip(char *at, const char *end)
{
    while (at < end && *at)
        at += strlen(at) + 1;
    return at + 1;
}

struct settings *settings_open(const char *name)
{
    static struct settings all[FILES_MAX];
    struct settings *s = all;
    while (s < all + FILES_MAX && s->name && strcmp(s->name, name) != 0)
        s++;
    if (s == all + FILES_MAX) {
        errno = EMFILE;
        return NULL;
    }
    if (s->name)
        return s;
    FILE *file = fopen(name, "re");
    if (!file)
        return NULL;
    size_t len = 0;
    s->text = settings_read(file, &len);
    fclose(file);
    if (!s->text)
        return NULL;
    s->name = strdup(name);
    s->at = s->text;
    s->end = s->text + len;
    s->is_single = settings_skip(s->text, s->end) >= s->end;
    return s;
}

char **settings_next(struct settings *settings, char *const *own)
{
    size_t n = 0;
    while (own[n])
        n++;
    if (settings->at >= settings->end)
        return NULL;
    char **env = malloc((n + SETTINGS_ENTRIES_MAX + 1) * sizeof *env);
    if (!env)
        return NULL;
    memcpy(env, own, n * sizeof *env);
    for (size_t i = 0; i < SETTINGS_ENTRIES_MAX && *settings->at; i++) {
        env[n++] = settings->at;
        settings->at += strlen(settings->at) + 1;
    }
    env[n] = NULL;
    settings->at = settings->is_single ? settings->text : settings->at + 1;
    return env;
}
