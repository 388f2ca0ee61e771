/* SPDX-License-Identifier: MIT */
/* From the spans of a run that goes on to what is there now. Knows no clock: whoever asks says which moment it is. */
#include "model/live.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model/list.h"

static void release_lists(struct live *l)
{
    for (size_t i = 0; i < l->running_len; i++) {
        free(l->running[i].command);
        free(l->running[i].task);
    }
    for (size_t i = 0; i < l->tasks_len; i++) {
        free(l->tasks[i].name);
        free(l->tasks[i].id);
    }
    for (size_t i = 0; i < l->names_len; i++)
        free(l->names[i].name);
}

void live_release(struct live *l)
{
    release_lists(l);
    free(l->running);
    free(l->tasks);
    free(l->names);
    free(l->name);
    free(l->failed_name);
    *l = LIVE_EMPTY;
}

static bool has_failed(const struct span *span)
{
    return (span->exit_code != SPAN_NONE && span->exit_code != 0) || span->signal != SPAN_NONE;
}

static int64_t end_of(const struct span *span)
{
    int64_t end_ns;
    return __builtin_add_overflow(span->start_ns, MAX(span->dur_ns, 0), &end_ns) ? INT64_MAX : end_ns;
}

static bool is_last_failure(const struct live *l, const struct span *span)
{
    return has_failed(span) && end_of(span) >= l->failed_ns;
}

bool live_wants(const struct live *l, const struct span *span)
{
    switch (span->kind) {
    case SPAN_TASK:
        return true;
    case SPAN_PROCESS:
        return span->end_by == SPAN_END_RUNNING || is_last_failure(l, span);
    case SPAN_RUN: /* the summary says the same */
    case SPAN_MARK:
        break;
    }
    return false;
}

/* Cut between two characters: a byte that goes on with one begins with the bits 10. */
static char *command_of(const struct span *span)
{
    auto_buf text = BUF_EMPTY;
    for (size_t i = 0; i < span->argc && text.len <= LIVE_TEXT_MAX; i++)
        buf_printf(&text, "%s%s", i ? " " : "", span->args[i]);
    if (!span->argc)
        buf_str(&text, span->name);
    size_t len = MIN(text.len, (size_t)LIVE_TEXT_MAX);
    while (len && len < text.len && (text.data[len] & 0xc0) == 0x80)
        len--;
    return buf_error(&text) ? NULL : strndup(buf_text(&text), len);
}

static int add_running(struct live *l, const struct span *span)
{
    int err = list_grow(&l->running, l->running_len, &l->running_cap, sizeof *l->running);
    if (err)
        return err;
    struct live_process *p = &l->running[l->running_len++];
    *p = (struct live_process){.start_ns = span->start_ns,
                               .pid = span->pid,
                               .ppid = span->ppid,
                               .command = command_of(span),
                               .task = span->task ? strdup(span->task) : NULL};
    return p->command && (p->task || !span->task) ? 0 : -ENOMEM;
}

static int note_failure(struct live *l, const struct span *span)
{
    char *name = strdup(span->name);
    if (!name)
        return -ENOMEM;
    free(l->failed_name);
    l->failed_name = name;
    l->failed_ns = end_of(span);
    l->failed_code = span->exit_code;
    l->failed_signal = span->signal;
    return 0;
}

/* Enclosing tasks came before, and those that are still open are among those that are listed. */
static int depth_in(const struct live *l, const char *parent_id)
{
    for (size_t i = l->tasks_len; i > 0 && parent_id; i--)
        if (!strcmp(l->tasks[i - 1].id, parent_id))
            return l->tasks[i - 1].depth + 1;
    return 0;
}

static int add_open_task(struct live *l, const struct span *span)
{
    if (l->tasks_open++ >= LIVE_TASKS_MAX)
        return 0;
    int err = list_grow(&l->tasks, l->tasks_len, &l->tasks_cap, sizeof *l->tasks);
    if (err)
        return err;
    int depth = depth_in(l, span->parent_id);
    struct live_task *task = &l->tasks[l->tasks_len++];
    *task = (struct live_task){span->start_ns, strdup(span->name), strdup(span->span_id), depth};
    return task->name && task->id ? 0 : -ENOMEM;
}

/* The sums of the name, or NULL: there is no room for one more, or no memory. */
static struct live_name *find_name(struct live *l, const char *name)
{
    for (size_t i = 0; i < l->names_len; i++)
        if (!strcmp(l->names[i].name, name))
            return &l->names[i];
    if (l->names_len == LIVE_NAMES_MAX || list_grow(&l->names, l->names_len, &l->names_cap, sizeof *l->names))
        return NULL;
    char *copy = strdup(name);
    if (copy)
        l->names[l->names_len++] = (struct live_name){.name = copy, .open_since_ns = SPAN_NONE};
    return copy ? &l->names[l->names_len - 1] : NULL;
}

/* Of tasks one behind the other each shifts the end of the run; of tasks side by side nobody knows which one does. */
static void add_name(struct live *l, const struct span *span, bool is_open)
{
    struct live_name *name = find_name(l, span->name);
    if (!name || (l->names_end_ns != SPAN_NONE && span->start_ns < l->names_end_ns))
        l->overlap = true;
    l->names_end_ns = is_open ? INT64_MAX : MAX(l->names_end_ns, end_of(span));
    if (!name)
        return;
    name->count++;
    if (is_open)
        name->open_since_ns = span->start_ns;
    else if (__builtin_add_overflow(name->ended_ns, MAX(span->dur_ns, 0), &name->ended_ns))
        name->ended_ns = INT64_MAX;
}

static int add_task(struct live *l, const struct span *span)
{
    bool is_open = span->end_by == SPAN_END_RUNNING;
    l->tasks_ended += !is_open;
    if (!span->parent_id || !strcmp(span->parent_id, "run"))
        add_name(l, span, is_open);
    return is_open ? add_open_task(l, span) : 0;
}

int live_add(struct live *l, const struct span *span)
{
    if (!live_wants(l, span))
        return 0;
    if (span->kind == SPAN_TASK)
        return add_task(l, span);
    return span->end_by == SPAN_END_RUNNING ? add_running(l, span) : note_failure(l, span);
}

static int pid_order(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int start_order(const void *a, const void *b)
{
    const struct live_process *x = a, *y = b;
    if (x->start_ns != y->start_ns)
        return x->start_ns < y->start_ns ? -1 : 1;
    return (x->pid > y->pid) - (x->pid < y->pid);
}

/* Leave those at work: by pids, since a process may have gone on by exec since it started its children. */
static int drop_waiting(struct live *l)
{
    size_t len = l->running_len, kept = 0;
    int64_t *parents = calloc(len ? len : 1, sizeof *parents);
    if (!parents)
        return -ENOMEM;
    for (size_t i = 0; i < len; i++)
        parents[i] = l->running[i].ppid;
    qsort(parents, len, sizeof *parents, pid_order);
    for (size_t i = 0; i < len; i++) {
        struct live_process *p = &l->running[i];
        if (bsearch(&p->pid, parents, len, sizeof *parents, pid_order)) {
            free(p->command);
            free(p->task);
        } else {
            l->running[kept++] = *p;
        }
    }
    free(parents);
    l->waiting = len - kept;
    l->running_len = kept;
    return 0;
}

/* What the record does not hold, and knows of. */
static void count_blind(struct live *l, const struct summary_coverage *c)
{
    l->missed = c->missed;
    for (size_t i = 0; i < c->blind.len; i++) {
        const struct blind_spot *spot = &c->blind.list[i];
        *(spot->cause == BLIND_TRUNCATED ? &l->cuts : &l->unseen) += MIN(spot->count, INT32_MAX);
    }
}

int live_complete(struct live *l, const struct summary *s)
{
    memcpy(l->run_id, s->run_id, sizeof l->run_id);
    free(l->name);
    l->name = strdup(s->name ? s->name : "");
    l->start_ns = s->start_ns;
    l->dur_ns = s->dur_ns;
    l->goes_on = s->end_by == SPAN_END_RUNNING;
    l->end_by = s->end_by;
    l->exit_code = s->exit_code;
    l->signal = s->signal;
    l->processes = s->processes;
    l->failed = s->failed;
    count_blind(l, &s->coverage);
    if (__builtin_add_overflow(l->cpu_us, s->user_us, &l->cpu_us) ||
        __builtin_add_overflow(l->cpu_us, s->sys_us, &l->cpu_us))
        l->cpu_us = INT64_MAX;
    int err = l->name ? drop_waiting(l) : -ENOMEM;
    if (!err && l->running_len)
        qsort(l->running, l->running_len, sizeof *l->running, start_order);
    return err;
}
