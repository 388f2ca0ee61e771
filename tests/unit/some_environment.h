/* SPDX-License-Identifier: MIT */
/* A made-up environment: "NAME=value" strings, asked as the real one is. */
#ifndef SOME_ENVIRONMENT_H
#define SOME_ENVIRONMENT_H

#include <stddef.h>
#include <string.h>

#define SOME_VARIABLES 16

static const char *some_variables[SOME_VARIABLES + 1];

/* Forget all variables, then have these. */
#define SOME_ENVIRONMENT(...) some_environment((const char *const[SOME_VARIABLES + 1]){__VA_ARGS__})

static void some_environment(const char *const *variables)
{
    memcpy(some_variables, variables, sizeof some_variables);
}

static const char *some_getenv(const char *name)
{
    size_t len = strlen(name);
    for (const char *const *variable = some_variables; *variable; variable++)
        if (!strncmp(*variable, name, len) && (*variable)[len] == '=')
            return *variable + len + 1;
    return NULL;
}

#endif
