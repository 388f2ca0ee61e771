/* SPDX-License-Identifier: MIT */
/* Processes -> tasks that nobody marked. Knows no format; what a command line means is recognise.c's business. */
#include "model/derive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "spool/marks.h"
#include "spool/segment.h"

#define MAKERS_MAX 4096u
#define KNOWN_SLOTS (UINT32_C(1) << 18) /* more than twice DERIVED_MAX */

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* In the order of the file, which is that of references. */
static int take_maker(void *ctx, const struct spool_record *record, uint64_t offset)
{
    struct derive *d = ctx;
    if (record->kind != SPOOL_IMAGE || d->makers_len == MAKERS_MAX)
        return 0;
    enum recognise_maker what =
        recognise_maker_of(last_part(spool_image_exe((const struct spool_image *)(const void *)record)));
    if (what == MAKER_ANY)
        return 0;
    if (!d->makers)
        d->makers = calloc(MAKERS_MAX, sizeof *d->makers);
    if (!d->makers)
        return -ENOMEM;
    d->makers[d->makers_len++] = (struct makers){spool_ref(offset), what};
    return 0;
}

int derive_begin(struct derive *d, struct spool_reader *reader)
{
    if (d->is_off)
        return 0;
    d->known = calloc(KNOWN_SLOTS, sizeof *d->known);
    d->sums = calloc(DERIVED_NAMES + 2, sizeof *d->sums);
    if (!d->known || !d->sums)
        return -ENOMEM;
    int err = figures_names_init(&d->names, DERIVED_NAMES);
    return err ? err : spool_reader_scan(reader, take_maker, d);
}

void derive_release(struct derive *d)
{
    for (size_t i = 0; i < d->open_len; i++)
        free(d->open[i].name);
    free(d->makers);
    free(d->known);
    free(d->sums);
    figures_names_release(&d->names);
    buf_release(&d->name);
    buf_release(&d->args);
}

/* The reference that the id of a process's span says; 0 for that of anything else. */
static uint32_t ref_of(const char *id)
{
    return id && *id == 'p' ? (uint32_t)strtoul(id + 1, NULL, 16) : 0;
}

static int maker_order(const void *key, const void *element)
{
    const uint32_t *ref = key;
    const struct makers *maker = element;
    return (*ref > maker->ref) - (*ref < maker->ref);
}

static enum recognise_maker maker_of(const struct derive *d, const struct span *span)
{
    uint32_t ref = ref_of(span->parent_id);
    const struct makers *maker =
        d->makers_len && ref ? bsearch(&ref, d->makers, d->makers_len, sizeof *d->makers, maker_order) : NULL;
    return maker ? maker->what : MAKER_ANY;
}

/* Where the process is, or would be. There are fewer than there are slots. */
static struct derive_known *known_at(const struct derive *d, uint32_t ref)
{
    uint32_t at = (ref * UINT32_C(2654435761)) >> 14;
    while (d->known[at].ref && d->known[at].ref != ref)
        at = (at + 1) & (KNOWN_SLOTS - 1);
    return &d->known[at];
}

/* By the user's rules, else by what the tool says; left in d->name, empty when it is no task. 0 or -ENOMEM. */
static int find_name(struct derive *d, const struct span *span)
{
    struct recognise_program program = recognise_program_of(span);
    buf_clear(&d->name);
    if (d->rules && d->rules->len) {
        buf_clear(&d->args);
        for (size_t i = 0; i < program.argc && d->args.len < TASK_RULES_ARGS; i++)
            buf_printf(&d->args, "%s%.*s", i ? " " : "", TASK_RULES_ARGS, program.args[i]);
        const struct task_subject subject = {program.path, program.name, buf_text(&d->args), span->cwd};
        enum task_match match = task_rules_match(d->rules, &subject, &d->name);
        if (match != TASK_MATCH_NONE)
            return buf_error(&d->args) ? buf_error(&d->args) : buf_error(&d->name);
    }
    recognise(&program, maker_of(d, span), &d->name);
    return buf_error(&d->name);
}

/* Whether the name in hand is that of an earlier image of the process, or of its parent's task: a wrapper and what it wraps. */
static bool is_repeated(const struct derive *d, const struct span *span, uint32_t name)
{
    for (size_t i = 0; i < d->open_len; i++)
        if (!strcmp(d->open[i].name, buf_text(&d->name)))
            return true;
    uint32_t parent = ref_of(span->parent_id);
    const struct derive_known *known = parent ? known_at(d, parent) : NULL;
    return known && known->ref && known->name == name;
}

/* The process is a task, if it has a name and there is room. */
static int open_task(struct derive *d, const struct span *span)
{
    uint32_t name, ref = ref_of(span->span_id);
    int err = find_name(d, span);
    if (err || !d->name.len || !ref || d->open_len == DERIVED_A_LIFE)
        return err;
    if (d->name.len > MARK_NAME_MAX)
        d->name.data[d->name.len = MARK_NAME_MAX] = '\0';
    err = figures_names_put(&d->names, buf_text(&d->name), &name);
    if (err || is_repeated(d, span, name))
        return err;
    if (d->count == DERIVED_MAX) {
        d->summary->coverage.missed_tasks++;
        return 0;
    }
    struct derived *open = &d->open[d->open_len];
    open->name = strdup(buf_text(&d->name));
    if (!open->name)
        return -ENOMEM;
    snprintf(open->id, sizeof open->id, "d%x", ref);
    snprintf(open->parent_id, sizeof open->parent_id, "%s", span->span_id);
    open->start_ns = span->start_ns;
    *known_at(d, ref) = (struct derive_known){ref, name};
    d->open_len++;
    d->count++;
    return 0;
}

/* With what it waited for; of whom nobody waited for, a leader, its own alone. 0 when not known. */
static int64_t cpu_of(const struct span *process)
{
    bool is_whole = process->tree_user_us != SPAN_NONE;
    int64_t user_us = is_whole ? process->tree_user_us : process->user_us,
            sys_us = is_whole ? process->tree_sys_us : process->sys_us, sum;
    return user_us < 0 || sys_us < 0 || __builtin_add_overflow(user_us, sys_us, &sum) ? 0 : sum;
}

static void add_up(struct derive *d, const struct span *task, int64_t cpu_us)
{
    uint32_t name;
    if (figures_names_put(&d->names, task->name, &name))
        return; /* it was there before */
    struct summary_task *sum = &d->sums[name];
    int64_t dur_ns = task->dur_ns == SPAN_NONE ? MAX(d->until_ns - task->start_ns, 0) : task->dur_ns;
    sum->count++;
    sum->failed += task->signal != SPAN_NONE || (task->exit_code != SPAN_NONE && task->exit_code);
    sum->longest_ns = MAX(sum->longest_ns, dur_ns);
    if (__builtin_add_overflow(sum->total_ns, dur_ns, &sum->total_ns))
        sum->total_ns = INT64_MAX;
    if (__builtin_add_overflow(sum->cpu_us, cpu_us, &sum->cpu_us))
        sum->cpu_us = INT64_MAX;
}

/* Emit the open tasks, which end as `last` does. */
static int close_tasks(struct derive *d, const struct span *last)
{
    int err = 0;
    struct span task = *last;
    int64_t end_ns = last->dur_ns == SPAN_NONE ? SPAN_NONE : last->start_ns + last->dur_ns;
    task.kind = SPAN_TASK;
    task.end_by = SPAN_END_DERIVED;
    task.exe = task.cwd = task.value = NULL;
    task.args = NULL;
    task.argc = 0;
    task.args_cut = task.forked = false;
    task.program = 0;
    task.user_us = task.sys_us = task.maxrss_kb = task.minflt = task.majflt = task.inblock = task.oublock = SPAN_NONE;
    task.nvcsw = task.nivcsw = task.reaped_ns = task.load_ns = SPAN_NONE;
    for (size_t i = 0; i < d->open_len && !err; i++) {
        const struct derived *open = &d->open[i];
        task.span_id = open->id;
        task.parent_id = open->parent_id;
        task.name = open->name;
        task.start_ns = open->start_ns;
        task.dur_ns = end_ns == SPAN_NONE ? SPAN_NONE : MAX(end_ns - open->start_ns, 0);
        add_up(d, &task, cpu_of(last));
        d->summary->spans_rows++;
        err = d->emit(d->emit_ctx, &task);
    }
    for (size_t i = 0; i < d->open_len; i++)
        free(d->open[i].name);
    d->open_len = 0;
    return err;
}

/* What they became by exec has left no record. */
static int give_up(struct derive *d)
{
    struct span last = {.run_id = d->run_id,
                        .start_ns = d->until_ns,
                        .exit_code = SPAN_NONE,
                        .signal = SPAN_NONE,
                        .pid = d->open_pid,
                        .ppid = SPAN_NONE,
                        .uid = SPAN_NONE,
                        .user_us = SPAN_NONE,
                        .sys_us = SPAN_NONE,
                        .tree_user_us = SPAN_NONE,
                        .tree_sys_us = SPAN_NONE,
                        .ended_by_ns = SPAN_NONE};
    return d->open_len ? close_tasks(d, &last) : 0;
}

/* All images of a life come one after the other. */
static int follow(struct derive *d, const struct span *span)
{
    int err = span->pid == d->open_pid ? 0 : give_up(d);
    d->open_pid = span->pid;
    d->until_ns = span->start_ns + (span->dur_ns == SPAN_NONE ? 0 : span->dur_ns);
    if (!err && !span->forked)
        err = open_task(d, span);
    if (err || !d->open_len)
        return err;
    if (span->end_by != SPAN_END_EXEC)
        return close_tasks(d, span);
    snprintf(d->run_id, sizeof d->run_id, "%s", span->run_id);
    return 0;
}

int derive_span(void *ctx, const struct span *span)
{
    struct derive *d = ctx;
    int err = d->emit(d->emit_ctx, span);
    return err || d->is_off || span->kind != SPAN_PROCESS ? err : follow(d, span);
}

static int by_total(const void *a, const void *b)
{
    const struct summary_task *x = a, *y = b;
    if (x->total_ns != y->total_ns)
        return x->total_ns > y->total_ns ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* The names, as far as there are any of them, with the longest in front. */
static int put_sums(struct derive *d)
{
    struct summary *s = d->summary;
    size_t len = 0;
    for (uint32_t i = 0; i < d->names.len; i++) {
        if (!d->sums[i].count)
            continue;
        d->sums[len] = d->sums[i];
        d->sums[len++].name = (char *)(uintptr_t)figures_names_text(&d->names, i);
    }
    qsort(d->sums, len, sizeof *d->sums, by_total);
    len = MIN(len, (size_t)SUMMARY_TASKS_MAX);
    s->derived = len ? calloc(len, sizeof *s->derived) : NULL;
    for (size_t i = 0; i < len; i++) {
        char *name = s->derived ? strdup(d->sums[i].name) : NULL;
        if (!name)
            return -ENOMEM;
        s->derived[i] = d->sums[i];
        s->derived[s->derived_len++].name = name;
    }
    return 0;
}

int derive_end(struct derive *d)
{
    int err = give_up(d);
    return err || d->is_off ? err : put_sums(d);
}
