/* SPDX-License-Identifier: MIT */
/* Runs made in few lines, for the tests of figures. Times are in milliseconds from the run's start; a process has the id and the
 * name that it is given, and was reaped at its end unless something else is said. */
#ifndef TESTS_SOME_FIGURES_H
#define TESTS_SOME_FIGURES_H

#include <string.h>

#include "model/figures.h"
#include "test.h"

#include "some_spans.h"

/* Most members of a process are what they are by default. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

/* One process. */
struct some {
    const char *id, *parent;
    int64_t from, to;
    int exit_code;
    bool unwaited;    /* nobody reaped it */
    int64_t reaped;   /* when that was, if not at its end */
    const char *exec; /* it ended by exec, and became this, which has a life of its own in the list */
    int pid;          /* that such have in common */
    const char *task;
    int64_t cpu;      /* ms; -1 = not known; 0 = all of its life */
    const char *name; /* if not its id */
    int signal;
    const char *words[3]; /* of its command line, behind the name */
    bool least;           /* nobody saw its end */
    bool runs;            /* it had not ended */
};

static inline struct span some_row(const struct some *s)
{
    struct span span = some_process(s->id, s->parent, s->from, s->to - s->from);
    span.name = s->name ? s->name : s->id;
    span.exit_code = s->signal ? SPAN_NONE : s->exit_code;
    span.signal = s->signal ? s->signal : SPAN_NONE;
    span.pid = s->pid ? s->pid : SPAN_NONE;
    span.task = s->task;
    span.end_by = s->exec ? SPAN_END_EXEC : s->least ? SPAN_END_INFERRED : s->runs ? SPAN_END_RUNNING : SPAN_END_SELF;
    if (!s->unwaited && !s->exec && !s->least && !s->runs)
        span.reaped_ns = SOME_START_NS + (s->reaped ? s->reaped : s->to) * SOME_MS;
    if (s->cpu >= 0)
        span.user_us = (s->cpu ? s->cpu : s->to - s->from) * 1000;
    if (s->exec)
        span.exit_code = SPAN_NONE;
    if (s->runs) {
        span.dur_ns = SPAN_NONE;
        span.exit_code = SPAN_NONE;
    }
    return span;
}

/* Add the run, which took `ms` and ended with that status. */
static inline void some_run_row(struct figures *f, int64_t ms, int exit_code)
{
    struct span run = some_span(SPAN_RUN, "run", NULL, "run");
    run.dur_ns = ms * SOME_MS;
    run.exit_code = exit_code;
    if (figures_add(f, &run, NULL))
        test_failed = true;
}

static inline void some_add(struct figures *f, const struct some *s)
{
    const char *args[4] = {s->name ? s->name : s->id, s->words[0], s->words[1], s->words[2]};
    struct span span = some_row(s);
    span.args = args;
    while (span.argc < 4 && args[span.argc])
        span.argc++;
    if (figures_add(f, &span, NULL))
        test_failed = true;
}

/* Linked figures of a run of `ms` that ended with `exit_code`. */
static inline struct figures some_figures(int64_t ms, int exit_code, const struct some *list, size_t len)
{
    struct figures f;
    if (figures_init(&f, NULL))
        test_failed = true;
    some_run_row(&f, ms, exit_code);
    for (size_t i = 0; i < len; i++)
        some_add(&f, &list[i]);
    if (figures_link(&f))
        test_failed = true;
    return f;
}

/* The row of that name, or the run's; rows are numbered as they were added. */
static inline uint32_t some_number(const struct figures *f, const char *name)
{
    for (uint32_t i = 1; i < f->len; i++)
        if (!strcmp(figures_key(f, i), name))
            return i;
    return FIGURES_RUN;
}

/* A parallel make whose figures are known: gen, then cc-a and cc-b at once, cc-c in the place of cc-a, then ld; and spy, which
 * nobody waits for. */
static const struct some some_make[] = {
    {"sh", "run", 0, 100, .name = "sh"},
    {"make", "sh", 5, 95},
    {"gen", "make", 7, 20},
    {"cc-a", "make", 21, 50},
    {"cc-b", "make", 21, 70},
    {"as-b", "cc-b", 40, 68},
    {"cc-c", "make", 51, 60},
    {"ld", "make", 72, 94},
    {"spy", "sh", 6, 99, .unwaited = true},
};

#endif
