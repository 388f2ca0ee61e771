/* SPDX-License-Identifier: MIT */
/* Which program is of which kind, by its name; and what a kind makes of a child's status. */
#include "model/figures_program.h"

#include <string.h>

#define SIGNAL_BASE 128 /* a shell's status for a child that a signal ended, less the signal */
#define SIGNAL_KILL 9

static const struct {
    const char *name;
    enum figures_program kind;
} programs[] = {
    {"sh", FIGURES_SHELL},        {"bash", FIGURES_SHELL},         {"dash", FIGURES_SHELL},
    {"ash", FIGURES_SHELL},       {"zsh", FIGURES_SHELL},          {"ksh", FIGURES_SHELL},
    {"mksh", FIGURES_SHELL},      {"fish", FIGURES_SHELL},         {"yash", FIGURES_SHELL},
    {"make", FIGURES_MAKE},       {"gmake", FIGURES_MAKE},         {"remake", FIGURES_MAKE},
    {"xargs", FIGURES_XARGS},     {"timeout", FIGURES_TIMEOUT},    {"ninja", FIGURES_COLLECTOR},
    {"samu", FIGURES_COLLECTOR},  {"parallel", FIGURES_COLLECTOR}, {"bazel", FIGURES_COLLECTOR},
    {"scons", FIGURES_COLLECTOR}, {"cargo", FIGURES_COLLECTOR},    {"dtrack-mark", FIGURES_OURS},
};

static const char *basename_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static enum figures_program kind_of(const struct span *span)
{
    const char *name = span->name;
    if (span->argc && !strcmp(name, "busybox"))
        name = basename_of(span->args[0]);
    for (size_t i = 0; i < ARRAY_LEN(programs); i++)
        if (programs[i].name[0] == name[0] && !strcmp(programs[i].name, name))
            return programs[i].kind;
    return FIGURES_ANY;
}

/* -k, alone or among other letters without a value (-ki, -skj4); what follows a letter that takes one is the value. */
static bool says_keep_going(const char *word)
{
    if (!strcmp(word, "--keep-going"))
        return true;
    if (word[0] != '-' || word[1] == '-')
        return false;
    for (const char *letter = word + 1; *letter && !strchr("CfIjloWE", *letter); letter++)
        if (*letter == 'k')
            return true;
    return false;
}

uint16_t figures_program_flags(const struct span *span)
{
    enum figures_program kind = kind_of(span);
    unsigned flags = (unsigned)kind << FIGURES_PROGRAM_SHIFT;
    bool collects = kind == FIGURES_MAKE || kind == FIGURES_COLLECTOR;
    for (size_t i = 1; collects && i < span->argc; i++)
        if (says_keep_going(span->args[i]))
            flags |= FIGURES_KEEPS_GOING;
    return (uint16_t)flags;
}

enum figures_program figures_program(const struct figures_row *row)
{
    return (enum figures_program)(row->flags >> FIGURES_PROGRAM_SHIFT);
}

static bool is_xargs_status(const struct figures_row *parent, const struct figures_row *child)
{
    if (child->signal)
        return parent->exit_code == 125;
    return parent->exit_code == (child->exit_code == 255 ? 124 : 123);
}

/* 124: the time was up, however the command took it; a command that had to be killed makes it 128 + 9. */
static bool is_timeout_status(const struct figures_row *parent)
{
    return parent->exit_code == 124 || parent->exit_code == SIGNAL_BASE + SIGNAL_KILL;
}

bool figures_explains(const struct figures_row *parent, const struct figures_row *child)
{
    enum figures_program kind = figures_program(parent);
    if (parent->signal)
        return parent->signal == child->signal;
    if (kind == FIGURES_MAKE && parent->exit_code == 2)
        return true;
    if (kind == FIGURES_XARGS && is_xargs_status(parent, child))
        return true;
    if (kind == FIGURES_TIMEOUT && is_timeout_status(parent))
        return true;
    return child->signal ? parent->exit_code == SIGNAL_BASE + child->signal : parent->exit_code == child->exit_code;
}
